import type { Browser } from 'playwright-core'
import { expect } from 'vitest'
import { openSession } from '#src/features/users/sessions.ts'
import { sessionCookie } from '#src/http/auth.ts'
import { findFaults, findOverflow, shoot, type Visitor, visit } from './browser.ts'
import type { Instance, Member } from './two-servers.ts'

/** Every way to come: on a phone and at a desk, with scripts and without, in both languages. */
export const ways = [
  { name: 'phone', width: 390, hasScripts: true, locale: 'fr-FR' },
  { name: 'phone-plain', width: 390, hasScripts: false, locale: 'en-GB' },
  { name: 'desk', width: 1280, hasScripts: true, locale: 'en-GB' },
  { name: 'desk-plain', width: 1280, hasScripts: false, locale: 'fr-FR' },
] as const

/** One of them. */
export type Way = (typeof ways)[number]

/** What `beforeAll` has made. */
export function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('this was not made')
  return value
}

/** Somebody of an instance, signed in and in the language of the way. */
export async function enter(browser: Browser, { ctx, url }: Instance, member: Member, way: Way): Promise<Visitor> {
  const visitor = await visit(browser, url, way)
  const { userId, actorId } = member.viewer
  const value = await openSession(ctx, { userId, actorId, userAgent: 'test' })
  await visitor.context.addCookies([
    { name: sessionCookie, value, url },
    { name: 'entremise_locale', value: way.locale.slice(0, 2), url },
  ])
  return visitor
}

/** Draws a page and looks for faults. What it is examined with is a script itself: without scripts it is only drawn. */
export async function check({ page }: Visitor, name: string): Promise<void> {
  await shoot(page, name)
  if (name.endsWith('-plain')) return
  expect(await findOverflow(page)).toEqual([])
  expect(await findFaults(page)).toEqual([])
}
