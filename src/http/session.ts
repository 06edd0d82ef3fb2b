import type { FastifyReply, FastifyRequest } from 'fastify'
import { sessionCookie } from './auth.ts'

/** As long as browsers keep a cookie at all. When a session ends is decided by its row, which lives on with every use. */
const cookieLifetimeSeconds = 400 * 86_400

/** The token that the browser sent. */
export function sessionTokenOf(request: FastifyRequest): string | undefined {
  return request.cookies[sessionCookie]
}

/**
 * Gives the browser its token: out of reach of scripts, and not sent along with what other sites post here.
 * @param publicUrl decides whether the cookie may travel unencrypted: behind a proxy the connection itself does not tell
 */
export function setSessionCookie(reply: FastifyReply, token: string, publicUrl: string): void {
  const secure = publicUrl.startsWith('https:')
  reply.setCookie(sessionCookie, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge: cookieLifetimeSeconds,
  })
}

/** Takes the token back. */
export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(sessionCookie, { path: '/' })
}
