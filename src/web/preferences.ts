import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isLocale, localeCookie } from '#src/core/i18n.ts'
import { invalid } from '#src/errors.ts'
import { paths } from './paths.ts'

/** The appearances that can be chosen; `system` follows the device. */
export const themes = ['system', 'light', 'dark'] as const

/** An appearance. */
export type Theme = (typeof themes)[number]

/** The cookie that keeps the appearance chosen in this browser. */
export const themeCookie = 'entremise_theme'

const oneYearSeconds = 365 * 86_400

/** The appearance chosen in this browser. */
export function themeOf(request: Readonly<{ cookies?: Readonly<Record<string, string | undefined>> }>): Theme {
  const chosen = request.cookies?.[themeCookie]
  return isTheme(chosen) ? chosen : 'system'
}

/**
 * The path to go back to after a form, from what the form sent as `next`: a path of this instance, or the front page. An address of
 * another site, however it is written, is never followed.
 */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return paths.home
  const here = 'http://instance.invalid'
  // Read as the browser will read it: `/\host` and a tab between the slashes lead to another host, and so would `/.//host`, of which
  // two slashes are left.
  const url = URL.canParse(next, here) ? new URL(next, here) : null
  const isOurs = url?.origin === here && !url.pathname.startsWith('//')
  return url && isOurs ? `${url.pathname}${url.search}${url.hash}` : paths.home
}

/** Keeps the appearance and the language that are chosen at the foot of a page: `POST /preferences`, without a script. */
export async function preferencesPlugin(app: FastifyInstance): Promise<void> {
  app.post(paths.preferences, { config: { access: 'page' } }, async (request, reply) => {
    const { theme, locale, next } = fieldsOf(request)
    if (!isTheme(theme) && !isLocale(locale)) throw invalid('Choose an appearance or a language from the list')
    const kept = { path: '/', maxAge: oneYearSeconds, sameSite: 'lax', httpOnly: true, secure: 'auto' } as const
    if (isTheme(theme)) reply.setCookie(themeCookie, theme, kept)
    if (isLocale(locale)) reply.setCookie(localeCookie, locale, kept)
    return reply.redirect(safeNext(next), 303)
  })
}

function isTheme(value: unknown): value is Theme {
  return themes.some((theme) => theme === value)
}

function fieldsOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  return typeof request.body === 'object' && request.body !== null ? { ...request.body } : {}
}
