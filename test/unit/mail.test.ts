import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMailer } from '#src/core/mail.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'entremise-mail-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

describe('mail that nobody takes', () => {
  const letter = (messageId: string) => ({ to: 'ines@mail.example', subject: 'Your order', text: 'Thanks', messageId })

  it('is kept once for each message, and thrown away when it is older than a moment', async () => {
    const folder = join(root, 'mail')
    const mailer = createMailer(undefined, 'shop@entremise.example', folder)
    await mailer.prune(new Date())
    for (const id of ['1@entremise.example', '2@entremise.example', '2@entremise.example'])
      await mailer.send(letter(id))
    expect((await readdir(folder)).sort()).toEqual(['1@entremise.example.txt', '2@entremise.example.txt'])
    const old = new Date('2026-01-01T00:00:00Z')
    await utimes(join(folder, '1@entremise.example.txt'), old, old)
    await createMailer('smtp://mail.example', 'shop@entremise.example', folder).prune(new Date('2026-02-01T00:00:00Z'))
    expect(await readdir(folder)).toEqual(['2@entremise.example.txt'])
  })
})
