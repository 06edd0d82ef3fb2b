import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { seedDemo } from '#src/demo/main.ts'
import { findUserByEmail } from '#src/features/users/queries.ts'
import { openSession } from '#src/features/users/sessions.ts'
import { sessionCookie } from '#src/http/auth.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { startPictureWorker } from '#test/support/picture-worker.ts'

let test: TestApp
let said = ''
beforeAll(async () => {
  test = await createTestApp()
  const worker = startPictureWorker(test.ctx)
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text
    return true
  })
  try {
    await seedDemo({ ...test.ctx, now: () => new Date() })
  } finally {
    write.mockRestore()
    await worker.close()
  }
}, 120_000)
afterAll(() => test.close())

it('begins where something waits for an answer, in the language of the browser', async () => {
  const user = await findUserByEmail(test.ctx.db, 'demo@entremise.example')
  const token = await openSession(test.ctx, { userId: user?.id ?? '', userAgent: 'test' })
  const open = async (language: string) => {
    const headers = { accept: 'text/html', 'accept-language': language, cookie: `${sessionCookie}=${token}` }
    return (await test.app.inject({ url: '/requests', headers })).body
  }
  expect(await open('en')).toContain('They would like to follow Le Levain d’Ardèche')
  expect(/[^>]*waiting</.exec(await open('en'))?.[0]).toBe('3 waiting<')
  // The other organisations of the same login have something to do as well.
  expect(await open('en')).toMatch(/menu__waiting">1 request/)
  expect(await open('fr')).toContain('Demandes d’abonnement')
})

it('says what it is at, and how to get in', () => {
  expect(said).toMatch(/^Painting profile 1 of 7: Le Levain d’Ardèche\n/)
  expect(said).toMatch(/Publishing post 8 of 8\n.*Sign in as demo@entremise\.example with the password \S{16}\n/)
})

it('has been told over several days', async () => {
  const rows = await test.ctx.db.$client<{ day: string }[]>`
    select distinct published_at::date::text as day from posts where boost_of_id is null`
  expect(rows.length).toBeGreaterThanOrEqual(4)
})
