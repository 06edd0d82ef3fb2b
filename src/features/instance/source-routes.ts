import { packSource } from '#src/core/source-archive.ts'
import type { App } from '#src/http/zod.ts'
import { paths } from '#src/web/paths.ts'

/** Packing takes a few tenths of a second of computing: enough for people, too little to keep a machine busy. */
const limit = { max: 10, windowMs: 60 * 60_000, per: 'address' } as const

/** Hands out the source of what runs here, as the licence asks for. @see https://www.gnu.org/licenses/agpl-3.0.html#section13 */
export function registerSource(app: App): void {
  app.get(paths.source, { config: { access: 'server', limit } }, async (_request, reply) =>
    reply
      .type('application/gzip')
      .header('content-disposition', 'attachment; filename="entremise.tar.gz"')
      .send(await packSource()),
  )
}
