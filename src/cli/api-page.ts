import fastify from 'fastify'
import { closeContext, createContext } from '#src/assemble.ts'
import { loadConfig } from '#src/config.ts'
import { absent } from '#src/features/reference/absent.ts'
import type { Method, Section } from '#src/features/reference/methods/section.ts'
import { wordsOf } from '#src/features/reference/openapi.ts'
import { accessInWords, collectRoutes, type Route } from '#src/features/reference/route.ts'
import { sections } from '#src/features/reference/sections.ts'
import { registerFeatures } from '#src/features/register.ts'
import { useLimits } from '#src/http/limits.ts'
import { useZod } from '#src/http/zod.ts'
import type { Command } from './command.ts'

const intro = `# The client API

This page is made from the program: \`npm run -s cli -- api page > docs/api.md\`. A test compares the two.

Entremise speaks the client API of Mastodon, as much of it as is listed here, so that Phanpy, Elk, Tusky, Ivory, toot and others work with
it. What each method is for is documented by Mastodon (https://docs.joinmastodon.org/methods/); this page says what is there and what is
different. What each takes and answers, field by field, every instance tells itself: \`/api/docs\` for people, \`/api/openapi.json\`
(OpenAPI 3.1) for programs.

Clients are told the version \`4.5.0 (compatible; Entremise 0.1.0)\` and \`api_versions.mastodon\` 7: what came later (collections) is not
there, and clients then do not ask for it.

## Rules for all methods

- **A token acts as one identity.** Which one is chosen on the consent page. It may do what the user's role in that identity's team allows:
  owner, admin and publisher publish; a responder answers and reacts; an analyst only reads; a moderator reacts and decides
  about follows. A role that does not allow something answers 403 with a sentence.
- **Scopes** are Mastodon's. \`read\` covers every \`read:…\`, \`write\` every \`write:…\`, \`follow\` covers reading and writing blocks, mutes and
  follows. "or none" means that the method can be used without a token, and then shows what everybody may see. A token that is sent must be
  valid everywhere. Tokens do not expire; they end when the app revokes them, when the person withdraws the app under
  \`/settings/apps\`, or when the user is disabled or leaves the team.
- **Bodies** may be JSON, \`application/x-www-form-urlencoded\` or \`multipart/form-data\`, with names as Rails writes them (\`media_ids[]\`,
  \`fields_attributes[0][name]\`); below \`/api\` fields may stand in the query too, and the body counts first. Unknown fields are ignored.
  A field that would change what happens and is not supported answers 422: it is never dropped in silence.
- **Ids** are decimal strings of 64-bit numbers in order of time. Lists are paged with \`max_id\`, \`since_id\`, \`min_id\` and \`limit\`; the
  \`Link\` header has the neighbouring pages, \`next\` only when the page is full.
- **Limits**: 300 requests in five minutes for each identity, or for each address without a token (IPv6: each /64);
  registering apps and \`/oauth/…\` have limits of their own for each address. \`X-RateLimit-Limit\`, \`-Remaining\` and \`-Reset\` tell.
- **Browsers of other sites** may call everything here (\`Access-Control-Allow-Origin: *\`); cookies play no part.
- **Errors** are described in [errors.md](errors.md).`

const outro = `## What is not there

These answer 404, which clients take as "this server does not have it".`

/** The routes of the client API as the program registers them, without a database, a port or a file. */
export async function listRoutes(): Promise<readonly Route[]> {
  // Nothing is asked of the database until a request comes.
  const ctx = createContext({
    ...loadConfig({ LOG_LEVEL: 'silent' }),
    databaseUrl: 'postgres://nobody@localhost/nothing',
  })
  const app = fastify()
  const routes = collectRoutes(useZod(app))
  await useLimits(app)
  await registerFeatures(useZod(app), ctx)
  await app.ready()
  await app.close()
  await closeContext(ctx)
  return routes
}

/** The text of `docs/api.md`: every method that clients may call, and every one that they may look for in vain. */
export function apiPage(routes: readonly Route[]): string {
  const byName = new Map(routes.map((route) => [`${route.method} ${route.url}`, route]))
  const parts = [intro, ...sections.map((section) => sectionText(section, byName)), outro, absenceTable()]
  return `${parts.join('\n\n')}\n`
}

function sectionText({ title, before, after, methods }: Section, routes: ReadonlyMap<string, Route>): string {
  const rows = Object.entries(methods).map(([name, method]) => row(name, method, routes.get(name)))
  const table = ['| Method | Address | Scope | Answers | What is particular |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  )
  return [`## ${title}`, before, table, after].filter((part) => part !== undefined).join('\n\n')
}

function row(name: string, { returns, note }: Method, route: Route | undefined): string {
  if (!route) throw new Error(`${name} is documented and not there`)
  const cells = [route.method, `\`${route.url}\``, accessInWords(route.access), wordsOf(returns), note ?? '']
  return `| ${cells.join(' | ')} |`.replace(/ {2}\|$/, ' |')
}

function absenceTable(): string {
  const rows = Object.entries(absent).flatMap(([reason, names]) =>
    names.map((name) => {
      const [method, address] = name.split(' ')
      return `| ${method} | \`${address}\` | ${reason} |`
    }),
  )
  return ['| Method | Address | Why |', '|---|---|---|', ...rows].join('\n')
}

/** `api page`: the text of docs/api.md. */
export const apiPageCommand: Command = {
  name: 'api page',
  usage: 'api page',
  about: 'Prints the page of the manual that lists the client API.',
  options: {},
  needs: 'nothing',
  run: async () => {
    const text = apiPage(await listRoutes())
    return { data: { text }, text: text.trimEnd() }
  },
}
