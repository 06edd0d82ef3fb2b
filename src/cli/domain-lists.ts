import { readFileSync } from 'node:fs'
import type { Ctx } from '#src/context.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { type RowProblem, writeList } from '#src/features/domains/csv.ts'
import { type Cuts, listCuts } from '#src/features/domains/cut-queries.ts'
import { importList, maxListBytes, type Plan, planList } from '#src/features/domains/import.ts'
import { listLists } from '#src/features/domains/list-queries.ts'
import { listDomains } from '#src/features/domains/queries.ts'
import { getDomainName } from '#src/features/domains/service.ts'
import { planSubscription, subscribe, unsubscribe } from '#src/features/domains/subscriptions.ts'
import { type Command, UsageError, wordAt } from './command.ts'

/** `domains preview`: what a block would take away. */
export const previewDomainCommand: Command = {
  name: 'domains preview',
  usage: 'domains preview HOST',
  about: 'Says what a block of a server would take away: people, posts, and follows of which identities.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const cuts = await listCuts(ctx.db, [getDomainName(ctx, wordAt(input, 0, 'HOST'))])
    return { data: cuts, text: await toText(ctx, cuts) }
  },
}

async function toText(ctx: Ctx, cuts: Cuts): Promise<string> {
  const { hosts, actors, posts, followers, following, identities } = cuts
  if (actors === 0) return 'Nobody is known from there: a block takes nothing away.'
  const names = new Map(
    (
      await listActors(
        ctx.db,
        identities.map(({ actorId }) => actorId),
      )
    ).map((one) => [one.id, one]),
  )
  const lines = identities.map((of) => {
    const actor = names.get(of.actorId)
    return `  @${actor ? acctOf(actor) : of.actorId}  ${of.followers} followers, follows ${of.following}`
  })
  return [
    `${actors} people with ${posts} posts on ${hosts.length} servers (${hosts.slice(0, 10).join(', ')}${hosts.length > 10 ? ', …' : ''})`,
    `${followers} followers of ours, ${following} whom ours follow`,
    ...lines,
  ].join('\n')
}

/** `domains export`. */
export const exportDomainsCommand: Command = {
  name: 'domains export',
  usage: 'domains export > FILE',
  about: 'Writes what was decided about servers as CSV in the columns that other programs read.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const domains = await listDomains(ctx.db)
    return { data: domains, text: writeList(domains).trimEnd() }
  },
}

/** `domains import`. */
export const importDomainsCommand: Command = {
  name: 'domains import',
  usage: 'domains import FILE [--dry-run]',
  about:
    'Decides about the servers of a list: CSV in those columns, or bare names, one a line. --dry-run only says what would be done.',
  options: { 'dry-run': { type: 'boolean' } },
  needs: 'context',
  run: async (input, ctx) => {
    const text = readText(wordAt(input, 0, 'FILE'))
    const isDry = input.options['dry-run'] === true
    const plan = isDry ? await planList(ctx, text, 'import') : await importList(ctx, text, null)
    return { data: plan, text: await planText(ctx, plan, isDry) }
  },
}

function readText(path: string): string {
  const bytes = readFileSync(path)
  if (bytes.length > maxListBytes) throw new UsageError(`${path} is larger than ${maxListBytes} bytes`)
  return bytes.toString('utf8')
}

const problems: Record<RowProblem, string> = {
  name: 'is no host name',
  hidden: 'has its name hidden by asterisks: ask for the whole one',
  short: 'is a whole ending: block that by hand if it is meant',
  severity: 'has an unknown severity: write suspend, silence or noop',
  flag: 'has something else than True or False where that is asked',
  twice: 'names a server a second time',
  quote: 'has a quotation mark that does not end',
  ourselves: 'is this server itself',
}

async function planText(ctx: Ctx, plan: Plan, isDry: boolean): Promise<string> {
  const { added, changed, unchanged, kept, cuts } = plan
  return [
    ...plan.problems.map(({ line, text, problem }) => `line ${line}: "${text}" ${problems[problem]}`),
    ...added.map(({ host, severity }) => `new: ${host}  ${severity}`),
    ...changed.map(({ ruling, from }) => `changed: ${ruling.host}  ${from} -> ${ruling.severity}`),
    `${added.length} new, ${changed.length} changed, ${unchanged} as before, ${kept} decided here, ${plan.problems.length} refused${isDry ? '; nothing was done' : ''}`,
    ...(cuts.actors > 0 ? [`Blocked with that: ${await toText(ctx, cuts)}`] : []),
  ].join('\n')
}

/** `domains subscribe`. */
export const subscribeCommand: Command = {
  name: 'domains subscribe',
  usage: 'domains subscribe URL [--dry-run]',
  about:
    'Follows a list of servers that others keep, daily: what it names is decided as it says, unless you have decided.',
  options: { 'dry-run': { type: 'boolean' } },
  needs: 'context',
  run: async (input, ctx) => {
    const url = wordAt(input, 0, 'URL')
    const plan = await planSubscription(ctx, url)
    const isDry = input.options['dry-run'] === true
    if (!isDry) await subscribe(ctx, url, null)
    return { data: plan, text: await planText(ctx, plan, isDry) }
  },
}

/** `domains unsubscribe`. */
export const unsubscribeCommand: Command = {
  name: 'domains unsubscribe',
  usage: 'domains unsubscribe ID',
  about: 'Follows a list no longer; what it alone decided is undone.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const id = wordAt(input, 0, 'ID')
    if (!/^\d{1,19}$/.test(id)) throw new UsageError(`ID is the number that "domains lists" shows, not "${id}"`)
    await unsubscribe(ctx, id, null)
    return { data: { id }, text: 'The list is followed no longer.' }
  },
}

/** `domains lists`. */
export const listListsCommand: Command = {
  name: 'domains lists',
  usage: 'domains lists',
  about: 'Shows the lists that are followed, with what came of reading them last.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const lists = await listLists(ctx.db)
    const lines = linesOf(lists)
    return {
      data: lists,
      text: lines.length > 0 ? lines.join('\n') : 'No list is followed.',
    }
  },
}

function linesOf(lists: Awaited<ReturnType<typeof listLists>>): string[] {
  return lists.map(({ id, url, deciding, entries, readAt, lastError }) =>
    [
      `${id}  ${url}`,
      `decides about ${deciding} of ${entries}`,
      readAt ? `read ${readAt.toISOString()}` : 'never read',
      ...(lastError ? [`last time: ${lastError}`] : []),
    ].join('  '),
  )
}
