import type { Ctx } from '#src/context.ts'
import { emojiUrl } from '#src/features/emoji/entity.ts'
import type { ReactionCount } from './reaction-queries.ts'

/** An emoji with which others have reacted, as clients read it. Nobody reacts so from here. @see https://docs.joinmastodon.org/entities/Reaction/ */
export type StatusReaction = Readonly<{ name: string; count: number; me: false; url?: string; static_url?: string }>

/** Where the emoji is a picture, its shortcode and the address of our copy of it. */
export function pictureOf(
  uris: Ctx['uris'],
  { emoji, pictureUrl }: Omit<ReactionCount, 'count'>,
): { shortcode: string; url: string } | null {
  if (!pictureUrl) return null
  const shortcode = emoji.replaceAll(':', '')
  return { shortcode, url: emojiUrl(uris, { shortcode, url: pictureUrl }) }
}

/** The part of a status that says how others have reacted to it; left out when nobody has. */
export function toStatusReactions(
  uris: Ctx['uris'],
  reactions: readonly ReactionCount[] | null,
): { reactions?: readonly StatusReaction[] } {
  if (!reactions) return {}
  return {
    reactions: reactions.map((one) => {
      const picture = pictureOf(uris, one)
      const pictured = picture ? { url: picture.url, static_url: picture.url } : {}
      return { name: one.emoji.replaceAll(':', ''), count: one.count, me: false, ...pictured }
    }),
  }
}
