import type { Viewer } from '#src/context.ts'
import { countCharacters } from '#src/core/markup.ts'
import { type FieldProblem, forbidden, invalid, type Problem } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'
import type { Post, Visibility } from './queries.ts'

/** What a post may hold; clients read it from the instance. Ten pictures, since more are cut off by most other servers. */
export const postLimits = { characters: 5_000, pictures: 10, mentions: 50, description: 1_500, pins: 5 } as const

/**
 * A link counts 23 characters however long it is, and a character may be made of many code points: this bounds what is stored. In UTF-16
 * units.
 */
const mostUnits = 10 * postLimits.characters

/** From the widest to the narrowest. */
const widths: readonly Visibility[] = ['public', 'unlisted', 'followers', 'direct']

/** The one of two that fewer may read. */
export function narrower(a: Visibility, b: Visibility): Visibility {
  return widths.indexOf(a) > widths.indexOf(b) ? a : b
}

/** @throws Problem `forbidden` when the role does not allow to publish, or to answer, as this actor */
export function requirePublisher(viewer: Viewer, isReply: boolean): void {
  if (may(viewer.role, isReply ? 'reply' : 'publish')) return
  throw forbidden('Your role in this team does not allow you to publish; ask an owner or an admin', 'role')
}

/** What a post says. @throws Problem `invalid` when it says nothing or too much */
export function checkText(post: { text: string; spoilerText: string; pictures: number }): void {
  const { text, spoilerText, pictures } = post
  if (text.trim() === '' && pictures === 0) throw fieldProblem('text', 'ERR_BLANK', "can't be blank")
  const isLong = text.length + spoilerText.length > mostUnits
  if (isLong || countCharacters(text) + countCharacters(spoilerText) > postLimits.characters) {
    throw fieldProblem('text', 'ERR_TOO_LONG', `character limit of ${postLimits.characters} exceeded`)
  }
  if (pictures > postLimits.pictures) {
    throw fieldProblem('media_attachments', 'ERR_TOO_MANY', `may be ${postLimits.pictures} at the most`)
  }
}

/**
 * A poll and pictures cannot be in one post, as in Mastodon: few programs would show both.
 * @returns the poll
 * @throws Problem `invalid`
 */
export function checkAttached<Poll>(poll: Poll | null, pictures: number): Poll | null {
  if (poll && pictures > 0) throw fieldProblem('poll', 'ERR_INVALID', 'cannot be together with pictures')
  return poll
}

/** Which boosts are allowed: of what everybody may read, and by the author also of what its followers may read. */
export function mayBoost(actorId: string, post: Pick<Post, 'actorId' | 'visibility'>): boolean {
  if (post.visibility === 'public' || post.visibility === 'unlisted') return true
  return post.visibility === 'followers' && post.actorId === actorId
}

/** Nothing may be answered any more where a post belongs. */
export function lockedProblem(): Problem {
  return fieldProblem('in_reply_to_id', 'ERR_LOCKED', 'belongs to a topic in which nothing may be answered any more')
}

/** A 422 about one field, in the words of Mastodon's validation errors. */
export function fieldProblem(field: string, error: string, description: string): Problem {
  const details: Record<string, FieldProblem[]> = { [field]: [{ error, description }] }
  const name = field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ')
  return invalid(`Validation failed: ${name} ${description}`, details)
}
