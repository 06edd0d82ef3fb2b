import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launch, tabTo, type Visitor } from '#test/support/browser.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'
import { check, enter, there, ways } from '#test/support/ways.ts'

const chromium = findChromium()
let browser: Browser | undefined
let instance: Instance | undefined
let owner: Member | undefined
let applicant: Member | undefined

beforeAll(async () => {
  if (!chromium) return
  ;[browser, instance] = await Promise.all([launch(chromium), startInstance()])
  owner = await instance.join('meuniere')
  applicant = await instance.join('apprentie')
})
afterAll(async () => {
  await browser?.close()
  await instance?.close()
})

const words = {
  'fr-FR': {
    ...{ create: 'Créer le groupe', ask: 'Demander à rejoindre', send: 'Envoyer la demande', sent: 'Demande envoyée' },
    ...{ accept: 'Laisser entrer', member: 'Membre', begin: 'Nouveau sujet', publish: 'Publier', in: 'dans' },
    ...{
      moderate: 'Modérer',
      lock: 'Fermer le sujet',
      closed: 'Fermé',
      waiting: '1 en attente',
      remove: 'Retirer du groupe',
    },
  },
  'en-GB': {
    ...{ create: 'Create the group', ask: 'Ask to join', send: 'Send the request', sent: 'Request sent' },
    ...{ accept: 'Let in', member: 'Member', begin: 'New topic', publish: 'Publish', in: 'in' },
    ...{
      moderate: 'Moderate',
      lock: 'Close the topic',
      closed: 'Closed',
      waiting: '1 waiting',
      remove: 'Take out of the group',
    },
  },
} as const

const title = chromium ? 'in Chromium' : 'in a browser: skipped, since no Chromium was found'

describe.skipIf(!chromium)(title, { timeout: 180_000 }, () => {
  it.each(ways)('a hub is made, joined by approval, talked in and moderated ($name)', async (way) => {
    const { name, locale } = way
    const t = words[locale]
    const handle = `hub_${name.replace('-', '_')}`
    const [keeper, guest] = [
      await enter(there(browser), there(instance), there(owner), way),
      await enter(there(browser), there(instance), there(applicant), way),
    ]

    await keeper.page.goto('/groups/new')
    await keeper.page.locator('[name=handle]').fill('not a handle')
    await keeper.page.locator('[name=name]').fill(`Moulins ${name}`)
    await keeper.page.locator('[name=joining]').selectOption('approval')
    await keeper.page.locator('[name=question]').fill('Quel moulin ?')
    await keeper.page.getByRole('button', { name: t.create }).click()
    expect(await keeper.page.locator('[name=question]').inputValue()).toBe('Quel moulin ?')
    expect(await keeper.page.locator('[name=joining]').inputValue()).toBe('approval')
    await check(keeper, `hub-new-${name}`)
    await keeper.page.locator('[name=handle]').fill(handle)
    await keeper.page.getByRole('button', { name: t.create }).click()
    await keeper.page.waitForURL(`**/groups/${handle}`)

    // Whoever has found the group by its name in a post stands in the same place.
    await guest.page.goto(`/@${handle}`)
    expect(new URL(guest.page.url()).pathname).toBe(`/groups/${handle}`)
    await openByKey(guest, t.ask)
    expect(await guest.page.locator('label[for=note]').innerText()).toContain('Quel moulin ?')
    await guest.page.locator('[name=note]').fill('Celui du pont')
    await check(guest, `hub-join-${name}`)
    await guest.page.getByRole('button', { name: t.send }).click()
    expect(await guest.page.locator('.profile__actions').innerText()).toContain(t.sent)

    await keeper.page.goto('/groups')
    await keeper.page.locator('.account__button').click()
    expect(await keeper.page.locator('#account-menu a[href="/groups"]').innerText()).toContain(t.waiting)
    await keeper.page.goto(`/groups/${handle}/moderation`)
    expect(await keeper.page.locator('main').innerText()).toContain('Celui du pont')
    await check(keeper, `hub-moderation-${name}`)
    await keeper.page.getByRole('button', { name: t.accept }).click()

    await guest.page.goto(`/groups/${handle}`)
    expect(await guest.page.locator('.profile__actions').innerText()).toContain(t.member)
    await guest.page.locator('summary', { hasText: t.begin }).click()
    await guest.page.locator('[name=text]').fill('Quelle pierre ?\nLa nôtre est usée.')
    await guest.page.getByRole('button', { name: t.publish }).click()
    await guest.page.waitForURL(/\/@apprentie\/\d+$/)
    await there(instance).settle()

    const topic = new URL(guest.page.url()).pathname
    await keeper.page.goto(`/groups/${handle}`)
    const link = keeper.page.locator('.topic__title a')
    expect(await link.innerText()).toBe('Quelle pierre ?')
    await check(keeper, `hub-feed-${name}`)
    await link.click()
    await keeper.page.waitForURL(`**${topic}`)
    expect(await keeper.page.locator('.place__name').innerText()).toBe(`${t.in} Moulins ${name}`)
    await keeper.page.locator('.place summary', { hasText: t.moderate }).click()
    await check(keeper, `hub-topic-${name}`)
    await keeper.page.getByRole('button', { name: t.lock }).click()
    await keeper.page.waitForURL(`**${topic}`)
    await guest.page.goto(`/groups/${handle}`)
    expect(await guest.page.locator('.topic').innerText()).toContain(t.closed)
    await guest.page.goto(topic)
    expect(await guest.page.locator('a[href^="/compose?reply"]').count()).toBe(0)
    await keeper.page.locator('.place summary').click()
    await keeper.page.getByRole('button', { name: t.remove }).click()
    await keeper.page.waitForURL(`**/groups/${handle}`)
    expect(await keeper.page.locator('.topic').count()).toBe(0)
    expect([...keeper.complaints, ...guest.complaints]).toEqual([])
    await Promise.all([keeper.context.close(), guest.context.close()])
  })
})

/** Opens what can be opened by the keyboard alone; where a page cannot be asked what has the focus, by its name. */
async function openByKey(visitor: Visitor, name: string): Promise<void> {
  const { page } = visitor
  const summary = page.locator('summary', { hasText: name })
  if (await page.evaluate(() => true).catch(() => false)) await tabTo(page, name)
  else await summary.focus()
  await page.keyboard.press('Enter')
  await page.locator('[name=note]').waitFor()
}
