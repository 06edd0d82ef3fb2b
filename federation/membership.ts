import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { isHostBlocked } from '#src/features/blocks/service.ts'
import { type AddressedHub, listAddressedHubs } from '#src/features/groups/hub-queries.ts'
import { instanceSigner } from './documents.ts'
import { isSameOrigin } from './origin.ts'

/** An answer holds for as long: whoever was let in or taken out waits no longer than this. */
const holdsMs = { yes: 5 * 60_000, no: 60_000 } as const

/** Answers that are kept at once. */
const mostKept = 1_000

/** Whoever asks us waits while we ask. */
const deadlineMs = 5_000

type Answer = Readonly<{ isMember: boolean; until: number }>

const answers = new WeakMap<Ctx['db'], Map<string, Answer>>()

/**
 * Whether somebody is a member of a group of another server to which a post of ours is addressed: the server of the group alone knows, and is asked
 * as Lemmy's servers ask one another, with `is_follower` at the address of its followers.
 */
export async function isMemberElsewhere(ctx: Ctx, reader: Actor, postId: string): Promise<boolean> {
  for (const hub of await listAddressedHubs(ctx.db, postId)) if (await isMemberOf(ctx, hub, reader.iri)) return true
  return false
}

async function isMemberOf(ctx: Ctx, hub: AddressedHub, iri: string | null): Promise<boolean> {
  const { iri: hubIri, followersIri } = hub
  if (!iri || !followersIri || !isSameOrigin(hubIri, followersIri)) return false
  const url = new URL(followersIri)
  url.searchParams.set('is_follower', iri)
  const now = ctx.now().getTime()
  const kept = answersOf(ctx)
  const known = kept.get(url.href)
  if (known && known.until > now) return known.isMember
  if (await isHostBlocked(ctx.db, url.host)) return false
  const isMember = await ask(ctx, url)
  if (isMember === null) return false
  const [oldest] = kept.size >= mostKept ? kept.keys() : []
  if (oldest) kept.delete(oldest)
  kept.set(url.href, { isMember, until: now + (isMember ? holdsMs.yes : holdsMs.no) })
  return isMember
}

function answersOf({ db }: Ctx): Map<string, Answer> {
  const kept = answers.get(db) ?? new Map<string, Answer>()
  answers.set(db, kept)
  return kept
}

/** Null: the server does not answer now. */
async function ask(ctx: Ctx, url: URL): Promise<boolean | null> {
  const signer = await instanceSigner(ctx)
  const sign = (to: URL) => signer.sign({ scheme: 'cavage', url: to.href, now: ctx.now() })
  try {
    const accept = 'application/activity+json, application/json'
    const { status, body } = await ctx.fetcher.get(url.href, { accept, maxBytes: 65_536, sign, deadlineMs })
    return status >= 200 && status < 300 && isYes(body)
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    ctx.log.info({ host: url.host, err: error }, 'could not ask who is a member of a group')
    return null
  }
}

/**
 * Whether an answer is a yes: Lemmy says it with nothing at all, we with a word. Every server that does not know the question answers 200 too, with
 * the collection or a page.
 */
function isYes(body: Buffer): boolean {
  if (body.length === 0) return true
  try {
    const said: unknown = JSON.parse(body.toString())
    return typeof said === 'object' && said !== null && 'is_follower' in said && said.is_follower === true
  } catch {
    return false
  }
}
