import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** The version of Entremise, from package.json. */
export const version = manifest.version

/**
 * What clients are told. They parse three numbers, a space, and then anything; a `+` would make some read what is after it.
 * The first part is the newest version of Mastodon whose everyday functions are all here: collections came with 4.6.
 */
export const clientVersion = `4.5.0 (compatible; Entremise ${version})`
