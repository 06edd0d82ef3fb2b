import { describe, expect, it } from 'vitest'
import { findVisiblePost } from '#src/features/posts/queries.ts'
import { createClock } from '#test/support/clock.ts'
import { startStranger } from '#test/support/stranger.ts'
import { type Instance, startInstance } from '#test/support/two-servers.ts'
import { act, employ, idOf, type Life, maySee, rest, type Said } from './life.ts'
import { report, whole } from './scale.ts'
import { befriend, dialects, type Ours, type Soul, type Theirs } from './souls.ts'
import { useOpened } from './stage.ts'

const use = useOpened()

const activities = whole(5_000, 160)
/** Enough for nobody to ask for more in five minutes than everybody may. */
const names = ['ada', 'ben', 'cleo', 'dan', 'eva', 'finn', 'gus', 'hal', 'ida', 'jo', 'kim', 'leo'].slice(
  0,
  whole(12, 3),
)

const seed = Number(process.env.FAULTS_SEED ?? 1)

describe('two instances and five programs', { timeout: whole(3_600_000, 300_000) }, () => {
  it('live together through a day of faults: all agree, nothing is lost or doubled, nobody sees what is not for them (fault F19)', async () => {
    const clock = createClock()
    const now = clock.now
    const instances = [
      use(await startInstance({ now, workers: 'none' })),
      use(await startInstance({ now, workers: 'none' })),
    ]
    const workers = [use(await employ(instances[0] as Instance)), use(await employ(instances[1] as Instance))]
    const ours: Ours[] = []
    for (const [at, home] of instances.entries()) {
      for (const name of names) {
        const member = await home.join(`${name}${at}`, { isOpen: true })
        ours.push({ kind: 'ours', name: `${name}${at}`, iri: member.iri, home, member })
      }
    }
    const theirs: Theirs[] = []
    for (const dialect of dialects) {
      const server = use(await startStranger({ now }))
      const name = dialect.program.toLowerCase()
      const actor = await server.actor(name, dialect.actor(`${server.url}/people/${name}`))
      theirs.push({ kind: 'theirs', name, iri: actor.iri, server, actor, dialect })
    }
    const souls: Soul[] = [...ours, ...theirs]
    const follows = (follower: Soul, followee: Soul) =>
      follower !== followee &&
      (follower.kind === 'ours' || followee.kind === 'ours') &&
      (souls.indexOf(follower) + 2 * souls.indexOf(followee)) % 5 !== 0
    for (const follower of souls) {
      for (const followee of souls) if (follows(follower, followee)) await befriend(follower, followee)
    }
    for (const instance of instances) await instance.settle()
    const life: Life = { clock, instances, souls, follows, said: [], random: dice(seed) }
    await liveThrough(life, theirs, workers)
    await rest(life)
    const figures = await judge(life, { ours, theirs })
    report('F19', 'two instances and five programs live together with faults', { activities, seed, ...figures })
    expect(figures).toMatchObject({ missing: 0, doubled: 0, stale: 0, alive: 0, leaked: 0, miscounted: 0 })
  })
})

/** The same chances for the same seed (mulberry32). */
function dice(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

type Workers = Awaited<ReturnType<typeof employ>>

/** A fault begins every twentieth of the day and ends with the next one. */
async function liveThrough(life: Life, theirs: readonly Theirs[], workers: readonly Workers[]): Promise<void> {
  const every = Math.ceil(activities / 20)
  let mend = async () => {}
  for (let n = 0; n < activities; n++) {
    if (n % every === 0) {
      await mend()
      mend = await breakSomething(n / every, theirs, workers)
      life.clock.pass(20 * 60_000)
    }
    await act(life)
    if (n % 10 === 0) life.clock.pass(60_000)
    // So that posts come while the day goes on, and not all at its end.
    if (n % 25 === 0) for (const worker of workers) await worker.settle()
  }
  await mend()
}

async function breakSomething(nth: number, theirs: readonly Theirs[], workers: readonly Workers[]) {
  const server = theirs[nth % theirs.length]?.server
  const worker = workers[nth % workers.length]
  if (!server || !worker) throw new Error('there is nothing to break')
  if (nth % 4 === 0) {
    await worker.stop()
    return worker.start
  }
  server.answer(nth % 4 === 1 ? { status: 500 } : { status: 503, headers: { 'retry-after': '120' } })
  return async () => server.answer({ status: 202 })
}

type Cast = Readonly<{ ours: readonly Ours[]; theirs: readonly Theirs[] }>

/** What is not as it should be, counted. */
async function judge(life: Life, { ours, theirs }: Cast) {
  const figures = { said: life.said.length, missing: 0, doubled: 0, stale: 0, alive: 0, leaked: 0, miscounted: 0 }
  for (const said of life.said) {
    for (const who of ours) {
      const found = await seenBy(who, said)
      const isDue = !said.isDeleted && maySee(life, who, said) && isSentTo(life, who, said)
      if (isDue && !found) figures.missing++
      if (found && said.isDeleted) figures.alive++
      if (found && !maySee(life, who, said)) figures.leaked++
      if (found && !said.isDeleted && !found.content.includes(said.word)) figures.stale++
      if (
        found &&
        who === said.by &&
        (found.likesCount !== said.likers.size || found.boostsCount !== said.boosters.size)
      )
        figures.miscounted++
    }
    if (said.by.kind === 'ours') for (const who of theirs) judgeWire(life, { who, said }, figures)
  }
  return figures
}

/** A post of everybody comes to a server when somebody there follows its author; the others come to those whom they are for. */
function isSentTo({ souls, follows }: Life, who: Ours, said: Said): boolean {
  if (said.audience !== 'public') return true
  const neighbours = souls.filter((soul) => soul.kind === 'ours' && soul.home === who.home)
  return neighbours.some((soul) => soul === said.by || follows(soul, said.by))
}

async function seenBy(who: Ours, said: Said) {
  const isAtHome = said.by.kind === 'ours' && said.by.home === who.home
  const id = isAtHome ? said.id : await idOf(who.home, said.iri)
  return id ? findVisiblePost(who.home.ctx.db, who.member.actor.id, id) : null
}

function judgeWire(
  life: Life,
  { who, said }: { who: Theirs; said: Said },
  figures: { missing: number; doubled: number; leaked: number; alive: number; stale: number },
): void {
  const about = who.server.deliveries.filter(({ json }) => json?.object?.id === said.iri)
  const creates = new Set(about.flatMap(({ json }) => (json.type === 'Create' ? [json.id] : [])))
  const may = maySee(life, who, said)
  if (creates.size > 1) figures.doubled++
  if (creates.size > 0 && !may) figures.leaked++
  const isDue = may && (said.audience === who || life.follows(who, said.by))
  if (!isDue) return
  if (said.isDeleted) {
    if (creates.size > 0 && !about.some(({ json }) => json.type === 'Delete')) figures.alive++
    return
  }
  if (creates.size === 0) figures.missing++
  else if (!about.some(({ json }) => String(json.object.content).includes(said.word))) figures.stale++
}
