import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalActor } from '#src/features/actors/service.ts'
import { createUser } from '#src/features/users/service.ts'
import { findChromium, findFaults, type Look, launch, shoot, visit } from '#test/support/browser.ts'
import { PASSWORD } from '#test/support/make.ts'
import { type Instance, startInstance } from '#test/support/two-servers.ts'

const chromium = findChromium()
const opened: { close(): Promise<unknown> }[] = []
let instance: Instance
let browser: Browser

beforeAll(async () => {
  if (!chromium) return
  instance = await startInstance()
  opened.push(instance)
  browser = await launch(chromium)
  opened.push(browser)
  for (const handle of ['rosa', 'lea']) {
    const user = await createUser(instance.ctx, { email: `${handle}@mail.example`, password: PASSWORD })
    const traits = { handle, type: 'Person', name: handle, isOpen: true } as const
    await createLocalActor(instance.ctx, { ...traits, ownerUserId: user.id })
  }
})
afterAll(async () => {
  for (const one of opened.toReversed()) await one.close()
})

async function come(handle: string, path: string, look: Look = {}): Promise<{ page: Page; complaints: string[] }> {
  const { page, complaints } = await visit(browser, instance.url, look)
  await page.goto(`/login?${new URLSearchParams({ next: path })}`)
  await page.locator('[name=email]').fill(`${handle}@mail.example`)
  await page.locator('[name=password]').fill(PASSWORD)
  await page.locator('main form button').click()
  await page.waitForURL((url) => url.pathname !== '/login')
  return { page, complaints }
}

describe.skipIf(!chromium)(chromium ? 'in Chromium' : 'in a browser: skipped, since no Chromium was found', () => {
  it('a question is asked, voted on without a script, and shown with its result', async () => {
    const { page, complaints } = await come('rosa', '/compose')
    await page.locator('[name=text]').fill('Which bread shall we bake?')
    await page.getByText('Poll', { exact: true }).click()
    await page.locator('[name=poll_option_1]').fill('Rye, dark and dense')
    await page.locator('[name=poll_option_2]').fill('Wheat')
    await shoot(page, 'compose-poll')
    expect(await findFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Publish as rosa' }).click()
    await page.waitForURL(/@rosa\/\d+$/)
    const path = new URL(page.url()).pathname
    expect(complaints).toEqual([])

    const voter = await come('lea', path, { hasScripts: false, width: 360, scheme: 'dark', locale: 'fr-FR' })
    await shoot(voter.page, 'poll-open-phone')
    await voter.page.getByLabel('Wheat').check()
    await voter.page.getByRole('button', { name: 'Voter' }).click()
    await voter.page.getByText('100 % – 1 voix').waitFor()
    await shoot(voter.page, 'poll-voted-phone')

    await page.reload()
    await page.getByText('1 person has voted').waitFor()
    await shoot(page, 'poll-result')
    expect(await findFaults(page)).toEqual([])
  })

  it('a post is planned in one’s own zone, moved, and deleted', async () => {
    const { page, complaints } = await come('rosa', '/compose')
    await page.locator('[name=text]').fill('Good morning from the oven')
    await page.getByText('Publish later').click()
    await page.locator('[name=scheduled_at]').fill('2040-03-25T09:00')
    await page.locator('[name=time_zone]').selectOption('Europe/Paris')
    await shoot(page, 'compose-later')
    expect(await findFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Publish as rosa' }).click()
    await page.waitForURL(/\/scheduled$/)
    await page.getByText('To be published on').waitFor()
    await page.getByText('Change the time').click()
    await shoot(page, 'scheduled')
    expect(await findFaults(page)).toEqual([])
    await page.locator('[name=scheduled_at]').fill('2040-03-26T10:30')
    await page.getByRole('button', { name: 'Set this time' }).click()
    await page.getByRole('heading', { name: /26 March 2040 at 10:30/ }).waitFor()
    await page.getByRole('button', { name: /^Delete/ }).click()
    await page.getByText('Nothing is planned').waitFor()
    expect(complaints).toEqual([])
  })
})
