import type { Ctx } from '#src/context.ts'
import { findMentions, type Mentioned, ownPageRel, renderLink, renderText } from '#src/core/markup.ts'
import type { ActorField } from '#src/db/schema/actors.ts'
import { readAcct } from './acct.ts'
import { actorIri, actorUrl } from './entity.ts'
import { type Actor, findActorByAcct } from './queries.ts'

/** More names than this in one text stay text: a profile is no mailing list. */
const mostMentions = 20

/** Renders the text about an actor. Names of people whom we know become links; nobody is looked up elsewhere, and nobody is told. */
export async function renderSummary(ctx: Ctx, text: string): Promise<string> {
  return renderText(text, { mentions: await findMentioned(ctx, text), hashtagUrl: (name) => hashtagUrl(ctx, name) })
}

/**
 * Renders the lines of a profile. A value that is an address says `me`, so that the page behind it can prove by a link back that both are
 * the same; a proof that was found stays for as long as the value does.
 */
export async function renderFields(
  ctx: Ctx,
  fields: readonly { name: string; value: string }[],
  former: readonly ActorField[],
): Promise<ActorField[]> {
  const rendered = fields.map(async ({ name, value }) => {
    const html = await renderValue(ctx, value)
    const same = former.find((field) => field.value === html)
    return { name, value: html, verifiedAt: same?.verifiedAt ?? null }
  })
  return Promise.all(rendered)
}

async function renderValue(ctx: Ctx, value: string): Promise<string> {
  if (/^https?:\/\/\S+$/i.test(value) && URL.canParse(value)) return renderLink(value, ownPageRel)
  // One line is one paragraph, and a line of a profile is none.
  return (await renderSummary(ctx, value)).replace(/^<p>|<\/p>$/g, '')
}

async function findMentioned(ctx: Ctx, text: string): Promise<Map<string, Mentioned>> {
  const handles = findMentions(text).slice(0, mostMentions)
  const found = await Promise.all(handles.map(async (handle) => ({ handle, actor: await findByAcct(ctx, handle) })))
  return new Map(found.flatMap(({ handle, actor }) => (actor ? [[handle, toMentioned(ctx, actor)] as const] : [])))
}

async function findByAcct(ctx: Ctx, handle: string): Promise<Actor | null> {
  const acct = readAcct(ctx.config, handle)
  const actor = acct && (await findActorByAcct(ctx.db, acct.handle, acct.host ?? null))
  return actor && !actor.deletedAt && !actor.suspendedAt ? actor : null
}

function toMentioned({ uris }: Ctx, actor: Actor): Mentioned {
  const acct = actor.host === null ? actor.handle : `${actor.handle}@${actor.host}`
  return { url: actorUrl(uris, actor), acct, iri: actorIri(uris, actor) }
}

function hashtagUrl(ctx: Ctx, name: string): string {
  return ctx.uris.tag(name.toLowerCase())
}
