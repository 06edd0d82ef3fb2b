import type { Viewer } from '#src/context.ts'
import { cleanText } from '#src/core/sanitize.ts'
import { type FieldProblem, forbidden, invalid, type Problem } from '#src/errors.ts'
import { type Act, may } from '#src/features/teams/policy.ts'

/** What a profile may hold, in UTF-16 units. Six fields: GoToSocial cuts more off. */
export const profileLimits = {
  name: 100,
  summary: 2_000,
  fields: 6,
  fieldName: 255,
  fieldValue: 2_047,
  /** Of a picture. */
  description: 1_500,
  /** Sites that may name an actor as their author; Mastodon's figure. */
  domains: 10,
} as const

/** The kinds of actor that people make here. */
export const localActorTypes = ['Person', 'Organization'] as const

/** What a new actor of this instance may be. */
export type LocalActorType = (typeof localActorTypes)[number]

/** The same, and what is made as something else: a group is made with those who look after it. */
export type NewActorType = LocalActorType | 'Group'

/**
 * Names that would be taken for the instance itself, for an address of it, or for everybody. Some are not among our addresses yet: a
 * handle can never be given back.
 */
const reservedHandles = new Set(
  `abuse about account accounts activities activity actor actors admin administrator all anonymous api app apps assets auth authorize
  authorize_interaction blocks bot compose contact contexts everyone explore federation federated follow_requests follower followers
  following groups health help here home hostmaster inbox info instance invite invites jobs join legal local login logout mail
  mailer_daemon media mention mentions messages moderation moderator moderators new nobody nodeinfo noreply no_reply notifications null oauth
  official organisation organization outbox owner owners page policy post postmaster posts privacy profile proxy public register remote
  report reports requests root rules search security session sessions settings setup shop signin signup sitemap staff static status
  statuses support system tag tags team teams terms timeline timelines undefined user users webfinger webmaster well_known www`.split(
    /\s+/,
  ),
)

/**
 * The handle that somebody typed, in the spelling that is kept: lower case, since other servers take `Anna` and `anna` for one.
 * @throws Problem `invalid` with `details.handle`
 */
export function readHandle(text: string): string {
  const handle = text.trim().replace(/^@/, '').toLowerCase()
  if (handle === '') throw fieldProblem('handle', 'ERR_BLANK', "can't be blank")
  if (handle.length > 30) throw fieldProblem('handle', 'ERR_TOO_LONG', 'is too long (30 characters at the most)')
  if (!/^[a-z0-9_]+$/.test(handle)) {
    throw fieldProblem('handle', 'ERR_INVALID', 'may hold only the letters a to z, digits and underscores')
  }
  if (reservedHandles.has(handle)) throw fieldProblem('handle', 'ERR_RESERVED', 'is reserved; choose another one')
  return handle
}

/** 422: the handle belongs to somebody, or did: followers of a name must never find another actor behind it. */
export function handleTaken(): Problem {
  return fieldProblem('handle', 'ERR_TAKEN', 'is taken; choose another one')
}

/** The name of an actor as it is kept. @throws Problem `invalid` when it is too long */
export function readName(text: string): string {
  return readText({ field: 'display_name', text, most: profileLimits.name }).replaceAll('\n', ' ')
}

/** The text about an actor as it is kept. @throws Problem `invalid` when it is too long */
export function readSummary(text: string): string {
  return readText({ field: 'note', text: text.replace(/\r\n?/g, '\n'), most: profileLimits.summary })
}

/** The lines of a profile as they are kept, empty ones left out. @throws Problem `invalid` */
export function readFields(fields: readonly { name: string; value: string }[]): { name: string; value: string }[] {
  const { fieldName, fieldValue } = profileLimits
  const kept = fields
    .map(({ name, value }) => ({
      name: readText({ field: 'fields', text: name, most: fieldName }).replaceAll('\n', ' '),
      value: readText({ field: 'fields', text: value, most: fieldValue }).replaceAll('\n', ' '),
    }))
    .filter(({ name, value }) => name !== '' || value !== '')
  if (kept.length > profileLimits.fields) {
    throw fieldProblem('fields', 'ERR_TOO_MANY', `are too many (${profileLimits.fields} at the most)`)
  }
  if (kept.some(({ name }) => name === '')) throw fieldProblem('fields', 'ERR_BLANK', 'with a value need a label')
  return kept
}

/**
 * The sites whose articles may name an actor as their author, as they are kept: lower case, each once. People paste whole addresses.
 * @throws Problem `invalid` for what is no domain, and for more than ten
 */
export function readDomains(texts: readonly string[]): string[] {
  const domains = texts.map((text) =>
    text
      .trim()
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/\/$/, ''),
  )
  const kept = [...new Set(domains.filter((domain) => domain !== ''))]
  if (kept.length > profileLimits.domains) {
    throw fieldProblem('attribution_domains', 'ERR_TOO_MANY', `are too many (${profileLimits.domains} at the most)`)
  }
  const wrong = kept.find(
    (domain) => !/^(?=.{1,253}$)([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u.test(domain),
  )
  if (wrong) throw fieldProblem('attribution_domains', 'ERR_INVALID', `has ${wrong}, which is no domain name`)
  return kept
}

function readText({ field, text, most }: { field: string; text: string; most: number }): string {
  if (text.length > most) throw fieldProblem(field, 'ERR_TOO_LONG', `is too long (${most} characters at the most)`)
  return cleanText(text, most)
}

/** @throws Problem `forbidden` when the viewer's role in the team does not allow the act */
export function requireRole(viewer: Viewer, act: Act): void {
  if (!may(viewer.role, act))
    throw forbidden('Your role in this team does not allow that; ask an owner or an admin', 'role')
}

/** A 422 about one field, in the words of Mastodon's validation errors. */
export function fieldProblem(field: string, error: string, description: string): Problem {
  const details: Record<string, FieldProblem[]> = { [field]: [{ error, description }] }
  const name = field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ')
  return invalid(`Validation failed: ${name} ${description}`, details)
}
