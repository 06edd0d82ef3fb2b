import type { Config } from '#src/config.ts'
import { version } from '#src/version.ts'

type Running = Readonly<{
  config: Config
  /** Where the web process listens; null when it does not run here. */
  listening: string | null
  /** The one-time link for the first owner; null when the instance is set up. */
  setupUrl: string | null
}>

/** What a person sees when everything runs. */
export function summary({ config, listening, setupUrl }: Running): string {
  const rows: [string, string | null][] = [
    ['Address', listening && config.publicUrl],
    ['Listening', listening],
    ['Set it up', setupUrl && `${setupUrl}  (this link works once)`],
    ['Data', config.dataDir],
  ]
  const lines = rows.filter(([, value]) => value).map(([name, value]) => `  ${name.padEnd(10)} ${value}`)
  const what = listening ? 'Entremise' : 'The worker of Entremise'
  return ['', `${what} ${version} is running. Ctrl-C stops it.`, '', ...lines, '', ''].join('\n')
}
