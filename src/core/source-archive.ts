import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What belongs to the program: never its data, its settings or what npm installs. */
const parts = [
  ...['LICENSE', 'README.md', 'FEDERATION.md', 'CHANGELOG.md', 'docs', '.ci'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'drizzle.config.ts'],
  ...['src', 'federation', 'workers', 'drizzle', 'test'],
]

/**
 * The source of the program as it runs here, changes of whoever runs it included, as a gzipped tar archive of some 1 MB. An image may have
 * been built without parts that running does not need.
 */
export async function packSource(): Promise<Readable> {
  // Loaded when somebody asks, which is rare.
  const { create } = await import('tar')
  const there = parts.filter((name) => existsSync(join(root, name)))
  // Portable: without the user, the machine and the times of this installation.
  return Readable.from(create({ cwd: root, gzip: true, portable: true, prefix: 'entremise' }, there))
}
