import type { PushMessages } from '../en/pushes.ts'
import { de } from './elision.ts'

/** The first line of what a device shows, in French. */
export const pushes: PushMessages = {
  titles: {
    mention: (name) => `${name} vous mentionne`,
    status: (name) => `${name} vient de publier`,
    reblog: (name) => `${name} a partagé votre publication`,
    follow: (name) => `${name} vous suit`,
    follow_request: (name) => `${name} demande à vous suivre`,
    favourite: (name) => `${name} aime votre publication`,
    update: (name) => `${name} a modifié une publication que vous avez partagée`,
    poll: (name) => `Un sondage ${de(name)} est terminé`,
    quote: (name) => `${name} cite votre publication`,
    quoted_update: (name) => `${name} a modifié une publication que vous avez citée`,
    'admin.sign_up': (name) => `${name} a rejoint ce serveur`,
    'admin.report': (name) => `${name} vous signale quelqu’un`,
  },
}
