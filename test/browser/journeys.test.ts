import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalActor } from '#src/features/actors/service.ts'
import { prepareSetup } from '#src/features/instance/service.ts'
import { createUser } from '#src/features/users/service.ts'
import {
  drawPictures,
  findChromium,
  findFaults,
  type Look,
  launch,
  shoot,
  tabTo,
  type Visitor,
  visit,
} from '#test/support/browser.ts'
import { PASSWORD } from '#test/support/make.ts'
import { photoJpeg } from '#test/support/pictures.ts'
import { type Instance, startInstance } from '#test/support/two-servers.ts'

const chromium = findChromium()

/** The owner whom the set-up makes. */
const owner = { email: 'owner@maison.example', password: 'ten characters and more' }
/** Somebody else of the same instance. */
const lea = { email: 'lea@mail.example', password: PASSWORD }

const opened: { close(): Promise<unknown> }[] = []

/** What `beforeAll` has made. */
function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('this was not made')
  return value
}

let instance: Instance | undefined
let browser: Browser | undefined

beforeAll(async () => {
  if (!chromium) return
  instance = await startInstance()
  opened.push(instance)
  browser = await launch(chromium)
  opened.push(browser)
})
afterAll(async () => {
  for (const one of opened.toReversed()) await one.close()
})

const open = (look: Look = {}) => visit(there(browser), there(instance).url, look)

async function signIn({ page }: Visitor, { email, password }: typeof owner, path = '/'): Promise<void> {
  await page.goto(`/login?${new URLSearchParams({ next: path })}`)
  await page.locator('[name=email]').fill(email)
  await page.locator('[name=password]').fill(password)
  await page.locator('main form button').click()
  await page.waitForURL((url) => url.pathname !== '/login')
}

const photo = async (name: string, size: { width: number; height: number }) => ({
  name,
  mimeType: 'image/jpeg',
  buffer: await photoJpeg(size),
})

const descriptions = (page: Page) =>
  page
    .locator('.plate .picture__image')
    .evaluateAll((pictures) => pictures.map((picture) => picture.getAttribute('alt')))

/** The post that the first journey publishes; the later ones meet it. */
let published: string | undefined
const postPath = () => there(published)

describe.skipIf(!chromium)(chromium ? 'in Chromium' : 'in a browser: skipped, since no Chromium was found', () => {
  it('an organisation is set up and shows two described pictures', async () => {
    const visitor = await open()
    const { page, complaints } = visitor
    await page.goto('/')
    await shoot(page, 'waiting')
    const link = await prepareSetup(there(instance).ctx)
    await page.goto(there(link ?? undefined))
    await shoot(page, 'setup')
    expect(await findFaults(page)).toEqual([])
    const typed = {
      instance_name: 'Maison Dupont',
      instance_description: 'A workshop in Lyon that shows its work.',
      organization_name: 'Maison Dupont',
      handle: 'maison',
      ...owner,
    }
    for (const [name, value] of Object.entries(typed)) await page.locator(`[name=${name}]`).fill(value)
    await page.getByRole('button', { name: 'Open the instance' }).click()
    await page.getByRole('link', { name: 'Write a post' }).click()

    await page
      .locator('[data-pick]')
      .setInputFiles([
        await photo('door.jpg', { width: 1200, height: 800 }),
        await photo('oven.jpg', { width: 800, height: 1000 }),
      ])
    const places = page.locator('[data-list] [data-slot]')
    await expect.poll(() => places.count()).toBe(2)
    await places.nth(0).locator('textarea').fill('The blue door')
    await places.nth(1).locator('textarea').fill('The oven, open')
    await page.getByRole('button', { name: 'Move picture 2 forward' }).click()
    await page.locator('[name=text]').fill('Good morning from the #workshop')
    await shoot(page, 'compose-filled')
    expect(await findFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Publish as Maison Dupont' }).click()

    await page.waitForURL(/\/@maison\/\d+$/)
    published = new URL(page.url()).pathname
    expect(await descriptions(page)).toEqual(['The oven, open', 'The blue door'])
    await drawPictures(page)
    expect(complaints).toEqual([])
    await visitor.context.close()
  })

  it('somebody signs in for an app on another site, agrees, and is back at it with a code (row 77)', async () => {
    const answered: string[] = []
    const elsewhere = createServer(({ url = '' }, response) => {
      answered.push(url)
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>The app</title>')
    }).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    opened.push({ close: async () => elsewhere.close() })
    const redirectUri = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/back`
    // What cannot be offered is told to the app right after the sign-in.
    for (const [scope, expected] of [
      ['read', 'code='],
      ['nothing', 'error=invalid_scope'],
    ] as const) {
      const visitor = await open()
      const { page, complaints } = visitor
      const data = { client_name: 'An app', redirect_uris: redirectUri }
      const { client_id } = await (await page.request.post('/api/v1/apps', { data })).json()
      const asked = { client_id, redirect_uri: redirectUri, response_type: 'code', scope }
      await signIn(visitor, owner, `/oauth/authorize?${new URLSearchParams(asked)}`)
      if (scope === 'read') await page.locator('[name=decision][value=allow]').click()
      await page.waitForURL((url) => url.href.startsWith(`${redirectUri}?${expected}`))
      expect(answered.some((path) => path.startsWith(`/back?${expected}`))).toBe(true)
      expect(complaints).toEqual([])
      await visitor.context.close()
    }
  })

  it('without a script, a post is written with pictures, changed, and deleted after a question', async () => {
    const visitor = await open({ hasScripts: false, width: 390 })
    const { page } = visitor
    await signIn(visitor, owner, '/compose')
    await page.locator('[name=picture-1]').setInputFiles(await photo('one.jpg', { width: 600, height: 600 }))
    await page.locator('[name=alt-1]').fill('The first')
    await page.getByText('More pictures').click()
    await page.locator('[name=picture-2]').setInputFiles(await photo('two.jpg', { width: 600, height: 400 }))
    await page.locator('[name=alt-2]').fill('The second')
    await page.locator('[name=text]').fill('Written by hand')
    await page.locator('[name=visibility][value=followers]').check()
    await shoot(page, 'compose-without-script')
    await page.getByRole('button', { name: 'Publish as Maison Dupont' }).click()
    await page.waitForURL(/\/@maison\/\d+$/)
    expect(await descriptions(page)).toEqual(['The first', 'The second'])

    await page.getByRole('link', { name: 'Edit' }).click()
    await shoot(page, 'edit-without-script')
    await page.locator('[name=remove-1]').check()
    await page.locator('[name=alt-2]').fill('What is left')
    await page.getByRole('button', { name: 'Save the changes' }).click()
    await page.waitForURL(/\/@maison\/\d+$/)
    expect(await descriptions(page)).toEqual(['What is left'])

    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await shoot(page, 'delete-question')
    await page.getByRole('button', { name: 'Delete it' }).click()
    await page.waitForURL(/\/@maison$/)
    expect(await page.getByRole('status').textContent()).toContain('The post is deleted.')
    await visitor.context.close()
  })

  it('a form that cannot be used comes back with all that was typed', async () => {
    const visitor = await open()
    const { page } = visitor
    await signIn(visitor, owner, '/compose')
    const wrong = { name: 'page.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('<!doctype html><title>x</title>') }
    await page.locator('[data-pick]').setInputFiles([await photo('good.jpg', { width: 600, height: 400 }), wrong])
    for (const [index, text] of ['Good', 'Wrong'].entries())
      await page.locator('[data-list] textarea').nth(index).fill(text)
    await page.locator('[name=text]').fill('Kept words')
    await page.locator('[name=visibility][value=direct]').check()
    await page.getByRole('button', { name: 'Publish as Maison Dupont' }).click()
    await page.getByText('“page.jpg” is not a picture').waitFor()
    await drawPictures(page)
    await shoot(page, 'compose-problem')
    expect(await findFaults(page)).toEqual([])
    expect(await page.locator('[name=text]').inputValue()).toBe('Kept words')
    expect(await page.locator('[name=visibility][value=direct]').isChecked()).toBe(true)
    expect(await page.locator('[data-list] textarea').inputValue()).toBe('Good')
    await visitor.context.close()
  })

  it('a request to follow is made, and approved by somebody without a mouse', async () => {
    const { ctx } = there(instance)
    const user = await createUser(ctx, lea)
    await createLocalActor(ctx, { handle: 'lea', type: 'Person', name: 'Léa', ownerUserId: user.id })
    const asking = await open({ width: 390 })
    await signIn(asking, lea, '/@maison')
    await asking.page.getByRole('button', { name: 'Ask to follow' }).click()
    await asking.page.getByRole('button', { name: 'Withdraw the request' }).waitFor()
    await shoot(asking.page, 'profile-requested')

    const answering = await open()
    const { page, complaints } = answering
    await page.goto('/login')
    // The first field takes the focus by itself, a moment after the page is there.
    await page.locator('input[name="email"]:focus').waitFor()
    await page.keyboard.type(owner.email)
    await tabTo(page, 'Password')
    await page.keyboard.type(owner.password)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/')
    await tabTo(page, '1')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/notifications$/)
    await shoot(page, 'requests-waiting')
    expect(await findFaults(page)).toEqual([])
    await tabTo(page, 'Approve Léa')
    await page.keyboard.press('Enter')
    await page.getByText('Léa now follows you.').waitFor()
    await shoot(page, 'requests-approved')
    expect(complaints).toEqual([])

    await asking.page.reload()
    await asking.page.getByRole('button', { name: 'Unfollow' }).waitFor()
    await asking.page.goto(postPath())
    await asking.page.getByRole('button', { name: 'Like', exact: true }).click()
    await asking.page.getByRole('button', { name: 'Take back the like, 1 like' }).waitFor()
    await asking.context.close()
    await answering.context.close()
  })

  it('the account menu opens and closes by keyboard, and people are found by the search', async () => {
    const visitor = await open({ width: 390 })
    const { page } = visitor
    await signIn(visitor, owner)
    await tabTo(page, 'You act as Maison Dupont')
    await page.keyboard.press('Enter')
    await shoot(page, 'menu')
    expect(await findFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await page.locator('#account-menu').isVisible()).toBe(false)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Search' }).click()
    await page.getByLabel('Name, words, #tag, address or link').fill('@lea')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Léa' }).click()
    await page.waitForURL(/\/@lea$/)
    await visitor.context.close()
  })
})
