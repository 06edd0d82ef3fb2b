/**
 * A process that runs PostgreSQL as the server does, for tests that kill it: says `{url, adopted}` or `{error}` to its parent, and stops
 * when it is told anything.
 */
import { BootError } from '#src/boot/failure.ts'
import { startPostgres } from '#src/boot/postgres.ts'

const [dataDir = ''] = process.argv.slice(2)
const tell = (message: object) => process.send?.(message)

try {
  const postgres = await startPostgres({ dataDir, settings: { fsync: 'off' } })
  process.once('message', async () => {
    await postgres.stop()
    process.disconnect()
  })
  tell({ url: postgres.url, adopted: postgres.adopted })
} catch (error) {
  if (!(error instanceof BootError)) throw error
  tell({ error: error.message })
  process.disconnect()
}
