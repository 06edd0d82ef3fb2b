import { type Html, html } from '../html.ts'
import { initialOf, toneOf } from '../tone.ts'
import { type ActorValue, nameOf } from './actor.ts'

/** The sizes of an avatar: in menus, lines, cards and on the profile. */
export type AvatarSize = 's' | 'm' | 'l' | 'xl'

const pixels: Readonly<Record<AvatarSize, number>> = { s: 32, m: 44, l: 64, xl: 128 }

/**
 * The face of an actor: round for people, square with soft corners for organisations and the rest, so that one sees who speaks.
 * Without a picture it is the first letter on the actor's tone. It has no text alternative: the name stands beside it.
 */
export function avatar(actor: Pick<ActorValue, 'name' | 'handle' | 'avatarUrl' | 'type'>, size: AvatarSize): Html {
  const classes = `avatar avatar--${size} avatar--${actor.type === 'Person' ? 'round' : 'square'}`
  const side = pixels[size]
  if (actor.avatarUrl) {
    return html`<img class="${classes}" src="${actor.avatarUrl}" alt="" width="${side}" height="${side}" decoding="async">`
  }
  return html`<svg class="${classes} tone-${toneOf(actor.handle)}" viewBox="0 0 48 48" width="${side}" height="${side}" aria-hidden="true" focusable="false"><rect class="avatar__ground" width="48" height="48"/><text class="avatar__letter" x="24" y="24" text-anchor="middle" dominant-baseline="central">${initialOf(nameOf(actor))}</text></svg>`
}
