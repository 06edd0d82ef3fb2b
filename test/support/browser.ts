import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join, resolve } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** Where every page is kept as a picture, to be looked at; git ignores it. */
const screenshots = resolve(import.meta.dirname, '../browser/screenshots')

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Finds the Chromium of this machine, in the path or as `CHROMIUM` names it; null where there is none. */
export function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const wanted = [process.env.CHROMIUM ?? '', ...names.flatMap((name) => folders.map((folder) => join(folder, name)))]
  return wanted.find((path) => path !== '' && isExecutable(path)) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Starts a browser. Its own sandbox needs rights that containers do not have; it meets only our pages on the loopback. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
}

/** Through whose eyes a page is seen. */
export type Look = Readonly<{
  width?: number
  scheme?: 'light' | 'dark'
  locale?: 'en-GB' | 'fr-FR'
  hasScripts?: boolean
}>

/** A window in which whatever the browser complains about is written down: a refused script or style, a fault in ours. */
export type Visitor = Readonly<{ context: BrowserContext; page: Page; complaints: string[] }>

/** Opens a window of its own, signed in as nobody. */
export async function visit(browser: Browser, url: string, look: Look = {}): Promise<Visitor> {
  const { width = 1280, scheme = 'light', locale = 'en-GB', hasScripts = true } = look
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: 844 },
    colorScheme: scheme,
    locale,
    javaScriptEnabled: hasScripts,
    reducedMotion: 'reduce',
  })
  await context.addInitScript(countShifts)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // That an address of an error page answers with an error is what was asked for.
    const isExpected = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isExpected) complaints.push(message.text())
  })
  return { context, page, complaints }
}

declare global {
  interface Window {
    /** How much of the page has moved by itself since it began to be drawn. */
    layoutShift?: number
    axe?: { run(root: Document, options: object): Promise<{ violations: Violation[] }> }
  }
}

type Violation = { id: string; impact: string | null; nodes: { html: string }[] }

function countShifts(): void {
  window.layoutShift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean }
      if (!hadRecentInput) window.layoutShift = (window.layoutShift ?? 0) + value
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

/** Waits until every picture of a page, those further down too, is drawn. */
export async function drawPictures(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const pictures = [...document.images]
    for (const picture of pictures) picture.loading = 'eager'
    await Promise.all(pictures.map((picture) => picture.decode()))
  })
}

/** How much of a page has moved since it was opened. What a person does may move it, so ask before anybody has touched it. */
export function layoutShiftOf(page: Page): Promise<number> {
  return page.evaluate(() => window.layoutShift ?? Number.NaN)
}

/** What is wrong with a page as it stands: what axe calls serious, and whether it scrolls sideways. */
export async function findFaults(page: Page): Promise<string[]> {
  // Through the inspector, since the content policy of the page lets no script in.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const found = await window.axe?.run(document, { resultTypes: ['violations'] })
    const grave = (found?.violations ?? []).filter(({ impact }) => impact === 'serious' || impact === 'critical')
    const faults = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    if (!found) faults.push('axe did not run')
    const beyond = document.documentElement.scrollWidth - window.innerWidth
    if (beyond > 0) faults.push(`the page is ${beyond} pixels too wide`)
    return faults
  })
}

/** Keeps a page as a picture, whole. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}

/** Presses Tab until what is focused has this name, as somebody does who has no mouse. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = []
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document
      const labels =
        element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels : null
      return (element?.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element?.textContent ?? '').trim()
    })
    if (focused.startsWith(name)) return
    seen.push(focused)
  }
  throw new Error(`nothing called “${name}” can be reached by Tab, only ${seen.join(' · ')}`)
}
