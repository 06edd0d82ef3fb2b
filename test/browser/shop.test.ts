import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launch, type Visitor, visit } from '#test/support/browser.ts'
import { photoJpeg } from '#test/support/pictures.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'
import { check, enter, there, ways } from '#test/support/ways.ts'

const chromium = findChromium()
let browser: Browser | undefined
let instance: Instance | undefined
let seller: Member | undefined

beforeAll(async () => {
  if (!chromium) return
  ;[browser, instance] = await Promise.all([launch(chromium), startInstance()])
  seller = await instance.join('lune', { type: 'Organization' })
})
afterAll(async () => {
  await browser?.close()
  await instance?.close()
})

const words = {
  'fr-FR': {
    save: 'Enregistrer',
    submit: 'Commander avec obligation de paiement',
    paid: 'Le paiement est arrivé',
    state: 'Payée',
    update: 'Actualiser le total',
    order: 'Commander ici',
  },
  'en-GB': {
    save: 'Save',
    submit: 'Order with obligation to pay',
    paid: 'Payment has come',
    state: 'Paid',
    update: 'Update the total',
    order: 'Order here',
  },
} as const

const title = chromium ? 'in Chromium' : 'in a browser: skipped, since no Chromium was found'

describe.skipIf(!chromium)(title, { timeout: 180_000 }, () => {
  it.each(ways)('a product is put on a picture, bought by a guest and followed on both sides ($name)', async (way) => {
    const { name, locale } = way
    const t = words[locale]
    const product = `Coffret ${name}`
    const shop = await enter(there(browser), there(instance), there(seller), way)
    const { page } = shop
    await page.goto('/products/shop')
    await page.locator('[name=account_holder]').fill('Café Lune')
    await page.locator('[name=iban]').fill('DE89 3704 0044 0532 0130 00')
    await page.getByRole('button', { name: t.save, exact: true }).click()
    await page.goto('/products/new')
    await page.locator('[name=name]').fill(product)
    await page.locator('[name=price]').fill('24,90')
    await page.locator('[name=tax_rate]').fill('5,5')
    await page.locator('[name=stock]').fill('3')
    await page.getByRole('button', { name: t.save, exact: true }).click()
    await page.waitForURL('**/products')

    const { viewer, api } = there(seller)
    const { body: list } = await api.get(`/api/v1/entremise/products?account_id=${viewer.actorId}`)
    const { id } = list.find((one: { name: string }) => one.name === product)
    const post = await showOnPicture(shop, { id, hasScripts: way.hasScripts })
    if (way.hasScripts) await findSpotWhenEditing(shop, post)

    const guest = await visit(there(browser), there(instance).url, way)
    await guest.page.goto(post)
    const spot = guest.page.locator('.spots a')
    expect(await spot.getAttribute('aria-label')).toContain(product)
    await spot.focus()
    await guest.page.keyboard.press('Enter')
    await expect.poll(() => guest.page.url()).toContain('#product-1')
    await check(guest, `shop-post-${name}`)
    await guest.page.locator('#product-1 a.button').click()
    await guest.page.getByRole('link', { name: t.order }).click()
    await guest.page.locator('[name=quantity]').fill('2')
    await guest.page.locator('[name=payment][value=transfer]').check()
    await guest.page.locator('[name=name]').fill('Paul Martin')
    // With scripts the total follows by itself, and the button for that is not there.
    const update = guest.page.getByRole('button', { name: t.update })
    if (way.hasScripts) expect(await update.isVisible()).toBe(false)
    else await update.click()
    await expect.poll(() => guest.page.locator('.totals__sum').innerText()).toMatch(/49[.,]80/)
    expect(await guest.page.locator('[name=name]').inputValue()).toBe('Paul Martin')
    await guest.page.locator('[name=email]').fill('paul@mail.example')
    await check(guest, `shop-buy-${name}`)
    await guest.page.getByRole('button', { name: t.submit }).click()
    await guest.page.waitForURL('**/orders/**')
    expect(await guest.page.locator('main').innerText()).toContain('DE89 3704 0044 0532 0130 00')
    await check(guest, `shop-order-${name}`)

    await page.goto('/orders')
    await check(shop, `shop-orders-${name}`)
    await page.getByRole('button', { name: t.paid }).first().click()
    await guest.page.reload()
    expect(await guest.page.locator('.lead').innerText()).toContain(t.state)
    const { body: left } = await api.get(`/api/v1/entremise/products/${id}`)
    expect(left.stock).toBe(1)
    expect([...shop.complaints, ...guest.complaints]).toEqual([])
    await Promise.all([shop.context.close(), guest.context.close()])
  })
})

/** Writes a post with a picture and the product on it. @returns the path of its page */
async function showOnPicture(
  { page }: Visitor,
  { id, hasScripts }: { id: string; hasScripts: boolean },
): Promise<string> {
  const buffer = await photoJpeg({ width: 1_200, height: 900 })
  await page.goto('/compose')
  const field = page.locator(hasScripts ? '[data-pick]' : '[name=picture-1]')
  await field.setInputFiles({ name: 'box.jpg', mimeType: 'image/jpeg', buffer })
  await page.locator('[data-slot] textarea').first().fill('A box')
  await page.locator('[name=text]').fill('New')
  await page.locator('details:has([name=product-1]) > summary').click()
  await page.locator('[name=product-1]').selectOption(id)
  if (hasScripts) await clickOnPicture(page)
  else {
    await page.locator('[name=product-picture-1]').selectOption('1')
    await page.locator('[name=product-left-1]').fill('30')
    await page.locator('[name=product-top-1]').fill('40')
  }
  await page.locator('.compose .button--wide').click()
  await page.waitForURL(/\/@lune\/\d+$/)
  return new URL(page.url()).pathname
}

/** Puts the product a third from the left, and reads in the fields where that is. */
async function clickOnPicture(page: Page): Promise<void> {
  const image = page.locator('[data-preview] img').first()
  const box = await image.boundingBox()
  if (!box) throw new Error('the picture is not shown')
  await image.click({ position: { x: box.width * 0.3, y: box.height * 0.4 } })
  expect(await page.locator('[name=product-picture-1]').inputValue()).toBe('1')
  expect(Number(await page.locator('[name=product-left-1]').inputValue())).toBeCloseTo(30, 0)
  expect(Number(await page.locator('[name=product-top-1]').inputValue())).toBeCloseTo(40, 0)
  expect(await page.locator('.slot__spot').textContent()).toBe('1')
}

/** Whoever edits the post sees the number where it was put. */
async function findSpotWhenEditing({ page }: Visitor, post: string): Promise<void> {
  await page.goto(`${post}/edit`)
  const image = page.locator('[data-preview] .picture__image')
  const isOnIt = async () => {
    const [spot, box] = [await page.locator('.slot__spot').boundingBox(), await image.boundingBox()]
    if (!spot || !box) return null
    return Math.round(((spot.x + spot.width / 2 - box.x) / box.width) * 10)
  }
  await expect.poll(isOnIt).toBe(3)
}
