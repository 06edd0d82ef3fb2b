import type { Config } from '#src/config.ts'

/** The two parts of an address `user@host` in lower case; host null: ours, undefined: none was written. */
export type Acct = Readonly<{ handle: string; host: string | null | undefined }>

/** Characters that no program allows in a handle would end or split an address. */
const shape = /^(?:acct:)?@?([^\s@/\\?#:<>"'&]{1,128})(?:@([^\s@/\\?#<>"'&]{1,253}))?$/iu

/** Reads `user`, `@user`, `user@host` or `acct:user@host`; null when a text is none of these. */
export function readAcct(config: Config, text: string): Acct | null {
  const match = shape.exec(text.trim())
  if (!match) return null
  const handle = (match[1] ?? '').toLowerCase()
  const host = match[2]?.toLowerCase()
  return { handle, host: host !== undefined && isOurHost(config, host) ? null : host }
}

/** Whether a host in an address means this instance: that of its handles, or that of its pages. */
export function isOurHost(config: Config, host: string): boolean {
  return host === config.handleHost || host === new URL(config.publicUrl).host
}
