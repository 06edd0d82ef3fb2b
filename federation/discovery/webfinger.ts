import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import type { ReadActor } from '../read/actor.ts'

/** What other servers answer, as much of it as we use. @see https://www.rfc-editor.org/rfc/rfc7033#section-4.4 */
const descriptor = z.object({
  subject: z.string().optional(),
  links: z.array(z.object({ rel: z.string(), type: z.string().nullish(), href: z.string().nullish() })).default([]),
})

/** A WebFinger answer: the handle by which the server calls the actor, and the actor's id. */
export type Found = Readonly<{ handle: string; host: string; iri: string }>

const maxBytes = 65_536
const deadlineMs = 8_000

/** The types under which servers name an actor's document. NodeBB and others leave the profile out. */
const selfType = /^application\/(activity\+json|ld\+json)/

/**
 * Asks a server who stands behind `user@host`.
 * @returns null when it knows nobody by that name
 * @throws OutboundError when it does not answer
 */
export async function lookupWebFinger(ctx: Ctx, user: string, host: string): Promise<Found | null> {
  // Servers on loopback in tests and on a private network speak http; the fetcher decides whether it may be used.
  const schemes = ctx.uris.publicUrl.startsWith('http:') ? ['http', 'https'] : ['https']
  let failure: unknown
  for (const scheme of schemes) {
    try {
      return await ask(ctx, `${scheme}://${host}`, `acct:${user}@${host}`)
    } catch (error) {
      // It has answered: by the other scheme it would be asked twice, and not answering there would count against it.
      if (error instanceof OutboundError && error.code === 'bad-status') throw error
      failure = error
    }
  }
  throw failure
}

async function ask(ctx: Ctx, origin: string, resource: string): Promise<Found | null> {
  const url = `${origin}/.well-known/webfinger?resource=${encodeURIComponent(resource)}`
  const accept = 'application/jrd+json, application/json'
  const answer = await ctx.fetcher.get(url, { accept, maxBytes, deadlineMs })
  // That it cannot say just now is not that it knows nobody.
  if (answer.status >= 500 || answer.status === 429) {
    throw new OutboundError('bad-status', `WebFinger answered ${answer.status}`, { status: answer.status })
  }
  if (answer.status !== 200) return null
  const parsed = descriptor.safeParse(parseJson(answer.body))
  if (!parsed.success) return null
  const self = parsed.data.links.find(({ rel, type, href }) => rel === 'self' && href && selfType.test(type ?? ''))
  const subject = /^acct:([^@\s]+)@([^@\s]+)(?<!\.)$/.exec(parsed.data.subject ?? resource)
  if (!self?.href || !URL.canParse(self.href) || !subject?.[1] || !subject[2]) return null
  return { handle: subject[1], host: subject[2].toLowerCase(), iri: self.href }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

/** The host of a handle; `isConfirmed` false: who was to say so did not answer. */
type ConfirmedHost = Readonly<{ host: string; isConfirmed: boolean }>

/** A handle with its host. */
export type ConfirmedHandle = ConfirmedHost & Readonly<{ handle: string }>

/**
 * The handle of an actor whom we know by another one. Only when the host of the new one, asked for it, names this actor is it shown: whoever
 * could take it by saying so would be taken for somebody else there. Until then the former one stays.
 */
export async function confirmRename(ctx: Ctx, actor: ReadActor, former: ConfirmedHandle): Promise<ConfirmedHandle> {
  const { host, isConfirmed } = await confirmHandle(ctx, actor)
  if (!isConfirmed) return { ...former, isConfirmed: false }
  try {
    const found = await lookupWebFinger(ctx, actor.handle, host)
    return found?.iri === actor.iri ? { handle: actor.handle, host, isConfirmed } : former
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    return { ...former, isConfirmed: false }
  }
}

/**
 * The host of an actor's handle. It is that of its id, unless the document or its server names another one and that one, asked, names the
 * same actor. While one of them does not answer, it is that of the id for the time being.
 */
export async function confirmHandle(ctx: Ctx, actor: ReadActor): Promise<ConfirmedHost> {
  const own = new URL(actor.iri).host
  try {
    return { host: await askForHost(ctx, actor, own), isConfirmed: true }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    ctx.log.info({ err: error, iri: actor.iri }, 'the handle of an actor could not be confirmed')
    return { host: own, isConfirmed: false }
  }
}

async function askForHost(ctx: Ctx, actor: ReadActor, own: string): Promise<string> {
  const [user, claimed] = actor.webfinger?.replace(/^(acct:|@)/, '').split('@') ?? []
  const host = claimed?.toLowerCase()
  if (host && host !== own && user === actor.handle) {
    const found = await lookupWebFinger(ctx, actor.handle, host)
    if (found?.iri === actor.iri && found.host === host) return host
  }
  if (host) return own
  // Most servers do not name it in the document: their WebFinger does, in the subject.
  const found = await lookupWebFinger(ctx, actor.handle, own)
  if (!found || found.iri !== actor.iri || found.host === own) return own
  const other = await lookupWebFinger(ctx, found.handle, found.host)
  return other?.iri === actor.iri ? found.host : own
}
