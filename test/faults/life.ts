import { expect } from 'vitest'
import type { Json } from '#test/support/client.ts'
import type { Clock } from '#test/support/clock.ts'
import { eventually } from '#test/support/eventually.ts'
import { PUBLIC } from '#test/support/stranger.ts'
import type { Instance } from '#test/support/two-servers.ts'
import { startWorkers } from '#workers/main.ts'
import type { Ours, Soul, Theirs } from './souls.ts'

/** Something that somebody has said, and what others have done with it, as all servers should see it in the end. */
export type Said = {
  readonly by: Soul
  /** Everybody, whoever follows, or one alone. */
  readonly audience: 'public' | 'followers' | Soul
  iri: string
  /** Its id where its author is one of ours. */
  id: string | null
  version: number
  /** A word that no other post and no other version of it has. */
  word: string
  isDeleted: boolean
  readonly likers: Set<Soul>
  readonly boosters: Set<Soul>
}

/** Everybody, who follows whom, and what was said. */
export type Life = Readonly<{
  clock: Clock
  instances: readonly Instance[]
  souls: readonly Soul[]
  follows: (follower: Soul, followee: Soul) => boolean
  said: Said[]
  random: () => number
}>

/** Whether somebody may see a post. */
export function maySee({ follows }: Pick<Life, 'follows'>, who: Soul, { by, audience }: Said): boolean {
  if (who === by || audience === 'public') return true
  return audience === 'followers' ? follows(who, by) : audience === who
}

/** One thing that somebody does; what cannot be done just now, since the post has not come yet, is left. */
export async function act(life: Life): Promise<void> {
  const who = pick(life, life.souls)
  const dice = life.random()
  if (dice < 0.4 || life.said.length === 0) return say(life, who)
  const own = life.said.filter(({ by, isDeleted }) => by === who && !isDeleted)
  if (dice < 0.5) return edit(life, own.at(-1))
  if (dice < 0.56) return remove(life, own[Math.floor(own.length / 2)])
  const visible = life.said.slice(-60).filter((one) => one.by !== who && !one.isDeleted && maySee(life, who, one))
  if (visible.length === 0) return
  const one = pick(life, visible)
  if (dice < 0.85) return toggle(life, who, { one, kind: 'Like', by: one.likers })
  if (one.audience === 'public') return toggle(life, who, { one, kind: 'Announce', by: one.boosters })
}

function pick<T>({ random }: Life, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T
}

const wordOf = (n: number, version: number) => `word${n}v${version}x`

async function say(life: Life, who: Soul): Promise<void> {
  const dice = life.random()
  const others = life.souls.filter((soul) => soul !== who && (who.kind === 'ours' || soul.kind === 'ours'))
  const audience = dice < 0.6 ? 'public' : dice < 0.8 ? 'followers' : pick(life, others)
  const said: Said = {
    by: who,
    audience,
    iri: '',
    id: null,
    version: 1,
    word: wordOf(life.said.length, 1),
    isDeleted: false,
    likers: new Set(),
    boosters: new Set(),
  }
  if (who.kind === 'ours') await publish(who, said)
  else await send(life, who, said, 'Create')
  life.said.push(said)
}

async function publish({ member }: Ours, said: Said): Promise<void> {
  const { audience, word } = said
  const visibility = audience === 'public' ? 'public' : audience === 'followers' ? 'private' : 'direct'
  const name =
    typeof audience === 'string' ? '' : `@${audience.kind === 'ours' ? audience.member.acct : audience.actor.acct} `
  const { status, body } = await member.api.post('/api/v1/statuses', { status: `${name}${word}`, visibility })
  expect([status, body.error]).toEqual([200, undefined])
  said.iri = body.uri
  said.id = body.id
}

/** A stranger tells all who are concerned, now and then twice, as servers do that had no answer. */
async function send(life: Life, who: Theirs, said: Said, type: 'Create' | 'Update'): Promise<void> {
  const { audience } = said
  const to = audience === 'public' ? [PUBLIC] : audience === 'followers' ? [who.actor.followers] : [audience.iri]
  const tag =
    typeof audience === 'string'
      ? []
      : [
          {
            type: 'Mention',
            href: audience.iri,
            name: audience.kind === 'ours' ? `@${audience.member.acct}` : audience.name,
          },
        ]
  const at = life.clock.now().toISOString()
  const more = { content: `<p>${said.word}</p>`, to, cc: audience === 'public' ? [who.actor.followers] : [], tag }
  const base = who.actor.note({ ...more, published: at })
  if (type === 'Create') said.iri = base.id
  const note = who.dialect.note({ ...base, id: said.iri, ...(type === 'Update' ? { updated: at } : {}) })
  if (audience === 'public') who.server.serve(said.iri, () => ({ body: note }))
  await deliver(life, who, said, who.actor.activity(type, note, { to: note.to, cc: note.cc }))
}

async function deliver(life: Life, who: Theirs, { audience }: Said, activity: Json): Promise<void> {
  const inboxes =
    typeof audience === 'string'
      ? life.instances.map(({ url }) => `${url}/inbox`)
      : audience.kind === 'ours'
        ? [`${audience.iri}/inbox`]
        : []
  for (const inbox of inboxes) {
    for (let times = life.random() < 0.1 ? 2 : 1; times > 0; times--) {
      expect((await who.actor.post(inbox, activity, { at: life.clock.now() })).status).toBe(202)
    }
  }
}

async function edit(life: Life, said: Said | undefined): Promise<void> {
  if (!said) return
  const [, n] = /^word(\d+)v/.exec(said.word) ?? []
  said.version++
  said.word = wordOf(Number(n), said.version)
  // An edit is newer than what it changes.
  life.clock.pass(2_000)
  const { by, audience } = said
  if (by.kind === 'theirs') return send(life, by, said, 'Update')
  const name =
    typeof audience === 'string' ? '' : `@${audience.kind === 'ours' ? audience.member.acct : audience.actor.acct} `
  const { status, body } = await by.member.api.put(`/api/v1/statuses/${said.id}`, { status: `${name}${said.word}` })
  expect([status, body.error]).toEqual([200, undefined])
}

async function remove(life: Life, said: Said | undefined): Promise<void> {
  if (!said) return
  said.isDeleted = true
  const { by } = said
  if (by.kind === 'ours') {
    expect((await by.member.api.delete(`/api/v1/statuses/${said.id}`)).status).toBe(200)
    return
  }
  by.server.serve(said.iri, { status: 410 })
  await deliver(life, by, said, by.actor.activity('Delete', { id: said.iri, type: 'Tombstone' }, { to: [PUBLIC] }))
}

type Toggled = Readonly<{ one: Said; kind: 'Like' | 'Announce'; by: Set<Soul> }>

const verbs = { Like: ['favourite', 'unfavourite'], Announce: ['reblog', 'unreblog'] } as const

async function toggle(life: Life, who: Soul, { one, kind, by }: Toggled): Promise<void> {
  const isOn = by.has(who)
  if (who.kind === 'ours') {
    const id = one.by.kind === 'ours' && one.by.home === who.home ? one.id : await idOf(who.home, one.iri)
    if (!id) return
    const { status } = await who.member.api.post(`/api/v1/statuses/${id}/${verbs[kind][isOn ? 1 : 0]}`)
    expect([kind, status]).toEqual([kind, 200])
  } else if (one.by.kind === 'ours') {
    await tellToggle(life, who, { one, kind, isOn, author: one.by })
  } else return
  if (isOn) by.delete(who)
  else by.add(who)
}

async function tellToggle(
  life: Life,
  who: Theirs,
  { one, kind, isOn, author }: { one: Said; kind: 'Like' | 'Announce'; isOn: boolean; author: Ours },
): Promise<void> {
  // Under an id that is the same when it is undone; each time that it is done again it is another one.
  const activity = {
    ...who.actor.activity(kind, one.iri, kind === 'Announce' ? { to: [PUBLIC], cc: [who.actor.followers] } : {}),
  }
  const said = who.dialect.like(activity)
  const inboxes = kind === 'Announce' ? life.instances.map(({ url }) => `${url}/inbox`) : [`${author.iri}/inbox`]
  const told = isOn
    ? who.actor.activity('Undo', { type: kind, id: activity.id, actor: who.iri, object: one.iri })
    : said
  for (const inbox of inboxes) expect((await who.actor.post(inbox, told, { at: life.clock.now() })).status).toBe(202)
}

/** The id that a remote post has on an instance, when it is there. */
export async function idOf({ ctx }: Instance, iri: string): Promise<string | null> {
  const [row] = await ctx.db.$client<{ id: string }[]>`
    select id::text from posts where iri = ${iri} and deleted_at is null`
  return row?.id ?? null
}

/** The workers of an instance, which may stop for a while. */
export async function employ(instance: Instance) {
  let running: Awaited<ReturnType<typeof startWorkers>> | null = await startWorkers(instance.ctx)
  const stop = async () => {
    await running?.close()
    running = null
  }
  return {
    stop,
    /** Waits until all that came is worked off; not while nobody works. */
    settle: async () => {
      if (running) await instance.settle()
    },
    start: async () => {
      running ??= await startWorkers(instance.ctx)
    },
    close: stop,
  }
}

/** Lets the time pass until every delivery has been made or given up. */
export async function rest({ clock, instances }: Life): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const instance of instances) await instance.settle()
    clock.pass(13 * 3_600_000)
    await eventually(
      async () => {
        for (const { ctx } of instances) {
          const due = await ctx.db
            .$client`select from delivery_retries where given_up_at is null and due_at <= ${ctx.now().toISOString()}`
          expect(due).toHaveLength(0)
        }
      },
      { withinMs: 60_000, everyMs: 250 },
    )
  }
  for (const instance of instances) await instance.settle()
}
