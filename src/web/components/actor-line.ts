import { type Html, html } from '../html.ts'
import { type ActorValue, address, shownName } from './actor.ts'
import { type AvatarSize, avatar } from './avatar.ts'

/** Avatar, name and address in one line that leads to the profile. `after` stands under the address. */
export function actorLine(actor: ActorValue, options: Readonly<{ size?: AvatarSize; after?: Html }> = {}): Html {
  return html`<div class="actor">
    ${avatar(actor, options.size ?? 'm')}
    <div class="actor__words">
      <a class="actor__name" href="${actor.href}"><bdi>${shownName(actor)}</bdi></a>
      ${address(actor)}
      ${options.after}
    </div>
  </div>`
}
