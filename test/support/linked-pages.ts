import type { Ctx } from '#src/context.ts'
import { createCardReading } from '#workers/cards.ts'
import { createMediaProcess } from '#workers/media/pool.ts'

/** Reads linked pages as the workers do, with the real media process, when the test says so. */
export function startCardWorker(ctx: Ctx): { read(): Promise<void>; close(): Promise<void> } {
  const pictures = createMediaProcess({ log: ctx.log })
  const reading = createCardReading(ctx, pictures)
  return {
    read: async () => {
      await reading.begin()
      await reading.settled()
    },
    close: async () => {
      await reading.settled()
      await pictures.close()
    },
  }
}

/** A page of HTML with these tags in its head. */
export function pageWith(...tags: readonly string[]) {
  return {
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><html lang="fr-CA"><head>${tags.join('\n')}</head><body><p>text</p></body></html>`,
  }
}

/** A tag of OpenGraph. */
export const og = (name: string, content: string) => `<meta property="og:${name}" content="${content}">`
