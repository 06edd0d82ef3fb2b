import { type Html, html } from '../html.ts'
import { type EmojiValue, emojiText } from './emoji.ts'

/** The kinds of actor; they decide the shape of the avatar and the word beside the name. */
export type ActorType = 'Person' | 'Organization' | 'Group' | 'Service' | 'Application'

/** Somebody who speaks, as far as pages show them everywhere. */
export type ActorValue = Readonly<{
  /** The display name; may be empty, then the handle stands for it. */
  name: string
  /** The name without the host: `maison-dupont`. */
  handle: string
  /** The host of the handle: `example.org`, for local actors too. */
  host: string
  /** The page of the profile here. */
  href: string
  avatarUrl: string | null
  type: ActorType
  /** Those in the name. */
  emojis?: readonly EmojiValue[]
}>

/** The name by which an actor is called in sentences. */
export function nameOf(actor: Pick<ActorValue, 'name' | 'handle'>): string {
  return actor.name.trim() || actor.handle
}

/** The name as it is shown, with its emojis. */
export function shownName(actor: Pick<ActorValue, 'name' | 'handle' | 'emojis'>): Html {
  return emojiText(nameOf(actor), actor.emojis)
}

/** The whole address, as one types it into a search: `@maison@example.org`. */
export function addressOf(actor: Pick<ActorValue, 'handle' | 'host'>): string {
  return `@${actor.handle}@${actor.host}`
}

/** The address with its host set back, and a place to break the line. */
export function address(actor: Pick<ActorValue, 'handle' | 'host'>): Html {
  return html`<span class="address">@${actor.handle}<wbr><span class="address__host">@${actor.host}</span></span>`
}
