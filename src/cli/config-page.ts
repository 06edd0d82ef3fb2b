import { secretNames, settings } from '#src/config.ts'
import type { Command } from './command.ts'

const secrets: ReadonlySet<string> = new Set(secretNames)

const intro = `# Settings

This page is made from the program's own list: \`npm run -s cli -- config page > docs/install/config.md\`. A test compares the two.

Settings come from the environment and from nowhere else. Every one is optional; an empty value means that it is not set. All of them are
checked at the start, and everything that is wrong is said at once. \`.env.example\` has the same list in a form that systemd's
\`EnvironmentFile\` and compose's \`env_file\` read.`

const outside = `## Read by Node itself

| Variable | What it does |
|---|---|
| \`NODE_EXTRA_CA_CERTS\` | The path of a file with further certificate authorities for requests to other servers, in PEM. |
| \`UV_THREADPOOL_SIZE\` | Threads for signatures, password hashes and files. Entremise sets the number of processor cores and four more. |`

/** The text of `docs/install/config.md`: every setting with its meaning, default and, for secrets, the variable that names a file. */
export function configPage(): string {
  const rows = Object.entries(settings).map(([name, { about, schema }]) => {
    const usual = schema.safeParse(undefined)
    return `| \`${name}\` | ${about}${secrets.has(name) ? ` Or in a file: \`${name}_FILE\`.` : ''} | ${shown(usual.data)} |`
  })
  const table = ['| Variable | What it does | Default |', '|---|---|---|', ...rows].join('\n')
  return `${[intro, '## Settings of Entremise', table, outside].join('\n\n')}\n`
}

function shown(value: unknown): string {
  const text = value === undefined ? '' : String(value)
  return text === '' ? 'none' : `\`${text}\``
}

/** `config page`: the text of docs/install/config.md. */
export const configPageCommand: Command = {
  name: 'config page',
  usage: 'config page',
  about: 'Prints the page of the manual that lists every setting.',
  options: {},
  needs: 'nothing',
  run: () => {
    const text = configPage()
    return { data: { text }, text: text.trimEnd() }
  },
}
