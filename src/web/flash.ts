import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FlashValue } from './components/flash.ts'

/** The cookie that carries a sentence over the redirect after a form. */
const flashCookie = 'entremise_flash'

const kinds: readonly FlashValue['kind'][] = ['done', 'notice', 'problem']

/** A minute: whoever comes later has forgotten what it was about. */
const lifetimeSeconds = 60

/** Keeps a sentence about what has just happened for the next page that this browser is shown. */
export function setFlash(reply: FastifyReply, { kind, text }: FlashValue): void {
  reply.setCookie(flashCookie, `${kind}:${text}`, {
    path: '/',
    maxAge: lifetimeSeconds,
    sameSite: 'lax',
    httpOnly: true,
    secure: 'auto',
  })
}

/** Takes the sentence that was kept, if there is one: it is shown once. */
export function takeFlash(request: FastifyRequest, reply: FastifyReply): FlashValue | null {
  const [word = '', ...rest] = request.cookies[flashCookie]?.split(':') ?? []
  const kind = kinds.find((known) => known === word)
  if (!kind) return null
  reply.clearCookie(flashCookie, { path: '/' })
  return { kind, text: rest.join(':') }
}
