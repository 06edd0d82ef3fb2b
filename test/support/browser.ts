import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join, resolve } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** Where pages are kept as pictures, to be looked at: the folder that `SCREENSHOTS` names, or nowhere. */
const screenshots = process.env.SCREENSHOTS ? resolve(process.env.SCREENSHOTS) : null

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
  await context.addInitScript(noteShifts)
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
    /** What of the page has moved by itself since it began to be drawn. */
    layoutShifts?: string[]
    axe?: { run(root: Document, options: object): Promise<{ violations: Violation[] }> }
  }
}

type Violation = { id: string; impact: string | null; nodes: { html: string }[] }

function noteShifts(): void {
  const shifts: string[] = []
  window.layoutShifts = shifts
  type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Node | null }[] }
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
      // What only a style sheet draws, such as the filler at the end of the rows, has no node and is not seen. And a slow machine
      // paints the masthead while its words, which are set from the right, still arrive.
      const seen = sources.flatMap(({ node }) => (node instanceof Element && !node.closest('.masthead') ? [node] : []))
      const moved = seen.map(({ outerHTML }) => outerHTML.slice(0, 80))
      // A tenth is still called good. Less than a hundredth is a page that arrives in pieces on a busy machine.
      if (!hadRecentInput && value >= 0.01 && moved.length > 0) shifts.push(`moved by ${value}: ${moved.join(' | ')}`)
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

/** What of a page has moved since it was opened. What a person does may move it, so ask before anybody has touched it. */
export function findShifts(page: Page): Promise<string[]> {
  return page.evaluate(() => window.layoutShifts ?? ['nobody watched'])
}

/**
 * What is wrong with a page as it stands: what axe calls serious, and whether it scrolls sideways.
 * @param rules those of axe that are asked; all of them when left out
 */
export async function findFaults(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Through the inspector, since the content policy of the page lets no script in.
  if (!(await page.evaluate(() => window.axe !== undefined))) await page.evaluate(axe)
  const faults = await page.evaluate(async (values) => {
    const runOnly = values ? { runOnly: { type: 'rule', values } } : {}
    const found = await window.axe?.run(document, { resultTypes: ['violations'], ...runOnly })
    const grave = (found?.violations ?? []).filter(({ impact }) => impact === 'serious' || impact === 'critical')
    const faults = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    if (!found) faults.push('axe did not run')
    return faults
  }, rules)
  return [...faults, ...(await findOverflow(page))]
}

/** Whether a page as it stands scrolls sideways. */
export async function findOverflow(page: Page): Promise<string[]> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  return beyond > 0 ? [`the page is ${beyond} pixels too wide`] : []
}

/** Keeps a page as a picture, whole, where somebody wants to look at it. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (!screenshots) return
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
