import type { Ctx } from '#src/context.ts'
import { findHashtags, findMentions, type Mentioned, renderText } from '#src/core/markup.ts'
import { Problem } from '#src/errors.ts'
import { type Actor, findActor, findActorByAcct } from '#src/features/actors/queries.ts'
import { foldHashtag, type Hashtag, toHashtags } from './hashtags.ts'
import { fieldProblem, postLimits } from './policy.ts'

/** A text that is ready to be stored: as HTML, with the actors that it names and its hashtags, both in the order of the text. */
export type Composed = Readonly<{ content: string; mentionIds: readonly string[]; hashtags: readonly Hashtag[] }>

/**
 * Turns what somebody typed into what is published. Names of people whom we do not know are looked up on their servers, so call it before
 * a transaction is opened. A name that leads nowhere stays text.
 */
export async function composeText(ctx: Ctx, text: string): Promise<Composed> {
  const handles = findMentions(text)
  if (handles.length > postLimits.mentions) {
    throw fieldProblem('text', 'ERR_TOO_MANY_MENTIONS', `may name ${postLimits.mentions} people at the most`)
  }
  const found = await Promise.all(handles.map(async (handle) => ({ handle, actor: await findMentioned(ctx, handle) })))
  const named = found.flatMap(({ handle, actor }) => (actor ? [{ handle, actor }] : []))
  const mentions = new Map(named.map(({ handle, actor }) => [handle, toMentioned(ctx, actor)]))
  return {
    content: renderText(text, { mentions, hashtagUrl: (label) => ctx.uris.tag(foldHashtag(label)) }),
    mentionIds: [...new Set(named.map(({ actor }) => actor.id))],
    hashtags: toHashtags(findHashtags(text)),
  }
}

/** `handle` is `user` or `user@host`, in lower case. */
async function findMentioned(ctx: Ctx, handle: string): Promise<Actor | null> {
  const [user = '', host = ''] = handle.split('@')
  const isOurs = host === '' || host === ctx.config.handleHost || host === new URL(ctx.config.publicUrl).host
  const known = await findActorByAcct(ctx.db, user, isOurs ? null : host)
  const actor = known ?? (isOurs ? null : await lookUp(ctx, handle))
  return actor && !actor.deletedAt && !actor.suspendedAt ? actor : null
}

async function lookUp(ctx: Ctx, handle: string): Promise<Actor | null> {
  try {
    const id = await ctx.remote.lookupHandle(handle)
    return id ? await findActor(ctx.db, id) : null
  } catch (error) {
    // A server that does not answer must not keep anybody from publishing: the name stays text, as Mastodon leaves it.
    if (!(error instanceof Problem)) throw error
    ctx.log.info({ handle, code: error.code }, 'a mentioned actor could not be looked up')
    return null
  }
}

function toMentioned(ctx: Ctx, actor: Actor): Mentioned {
  const { handle, host } = actor
  if (host === null || actor.iri === null) {
    return { url: ctx.uris.profile(handle), acct: handle, iri: ctx.uris.actor(handle) }
  }
  return { url: actor.url ?? actor.iri, acct: `${handle}@${host}`, iri: actor.iri }
}
