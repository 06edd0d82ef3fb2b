import { parseArgs } from 'node:util'
import { BootError } from '#src/boot/failure.ts'
import { ConfigError, loadConfig } from '#src/config.ts'
import { Problem } from '#src/errors.ts'
import { OAuthError } from '#src/features/oauth/errors.ts'
import { createActorCommand } from './actors.ts'
import {
  addAnnouncementCommand,
  editAnnouncementCommand,
  listAnnouncementsCommand,
  removeAnnouncementCommand,
} from './announcements.ts'
import { apiPageCommand } from './api-page.ts'
import { type Command, type Input, type Output, UsageError } from './command.ts'
import { configExampleCommand } from './config.ts'
import { configPageCommand } from './config-page.ts'
import {
  exportDomainsCommand,
  importDomainsCommand,
  listListsCommand,
  previewDomainCommand,
  subscribeCommand,
  unsubscribeCommand,
} from './domain-lists.ts'
import {
  allowDomainCommand,
  blockDomainCommand,
  disallowDomainCommand,
  limitDomainCommand,
  listDomainsCommand,
  onlyAllowedCommand,
  unblockDomainCommand,
} from './domains.ts'
import { replayEffectsCommand } from './effects.ts'
import { addEmojiCommand, listEmojisCommand, removeEmojiCommand } from './emoji.ts'
import { createGroupCommand, listGroupsCommand } from './groups.ts'
import { inviteCommand } from './invites.ts'
import { discardJobsCommand, listJobsCommand, requeueJobsCommand } from './jobs.ts'
import { rotateKeysCommand } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { aliasActorCommand, moveActorCommand } from './moves.ts'
import { exportProductsCommand, importProductsCommand } from './products.ts'
import {
  approveRegistrationCommand,
  listRegistrationsCommand,
  refuseRegistrationCommand,
  registrationModeCommand,
} from './registrations.ts'
import { addRelayCommand, listRelaysCommand, removeRelayCommand } from './relays.ts'
import { listReportsCommand, resolveReportCommand } from './reports.ts'
import { addRuleCommand, listRulesCommand, removeRuleCommand, setTextCommand } from './rules.ts'
import { createTokenCommand } from './tokens.ts'
import {
  createUserCommand,
  demoteUserCommand,
  disableUserCommand,
  enableUserCommand,
  promoteUserCommand,
  resetPasswordCommand,
} from './users.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  createUserCommand,
  disableUserCommand,
  enableUserCommand,
  promoteUserCommand,
  demoteUserCommand,
  resetPasswordCommand,
  createActorCommand,
  aliasActorCommand,
  moveActorCommand,
  rotateKeysCommand,
  createGroupCommand,
  listGroupsCommand,
  createTokenCommand,
  inviteCommand,
  registrationModeCommand,
  listRegistrationsCommand,
  approveRegistrationCommand,
  refuseRegistrationCommand,
  previewDomainCommand,
  blockDomainCommand,
  limitDomainCommand,
  unblockDomainCommand,
  listDomainsCommand,
  allowDomainCommand,
  disallowDomainCommand,
  onlyAllowedCommand,
  exportDomainsCommand,
  importDomainsCommand,
  subscribeCommand,
  unsubscribeCommand,
  listListsCommand,
  addRelayCommand,
  removeRelayCommand,
  listRelaysCommand,
  exportProductsCommand,
  importProductsCommand,
  listReportsCommand,
  resolveReportCommand,
  addRuleCommand,
  removeRuleCommand,
  listRulesCommand,
  setTextCommand,
  addAnnouncementCommand,
  editAnnouncementCommand,
  removeAnnouncementCommand,
  listAnnouncementsCommand,
  addEmojiCommand,
  removeEmojiCommand,
  listEmojisCommand,
  listJobsCommand,
  requeueJobsCommand,
  discardJobsCommand,
  replayEffectsCommand,
  migrateCommand,
  configExampleCommand,
  configPageCommand,
  apiPageCommand,
]

/** Where a command is called: what it is set to, and where its words go. */
export type Shell = Readonly<{
  env: Readonly<Record<string, string | undefined>>
  stdout: Readonly<{ write(text: string): unknown }>
  stderr: Readonly<{ write(text: string): unknown }>
}>

/**
 * Runs one command of the operator: its answer goes to the standard output (as JSON with `--json`), what was wrong in one sentence to
 * the standard error.
 * @returns the exit code
 */
export async function runCli(args: readonly string[], { env, stdout, stderr }: Shell): Promise<number> {
  const isHelp = args.length === 0 || args.includes('--help') || args[0] === 'help'
  if (isHelp) {
    stdout.write(help())
    return 0
  }
  try {
    const { command, input } = readCommand(args)
    const { data, text } = await runCommand(command, input, env)
    stdout.write(`${input.options.json ? JSON.stringify(data) : text}\n`)
    return 0
  } catch (error) {
    stderr.write(`${sentenceOf(error)}\n`)
    return 1
  }
}

function help(): string {
  const lines = commands.map(({ usage, about }) => `  ${usage}\n      ${about}`)
  return `npm run -s cli -- COMMAND [--json]\n\n${lines.join('\n')}\n`
}

function readCommand(args: readonly string[]): { command: Command; input: Input } {
  const words = args.filter((arg) => !arg.startsWith('-'))
  const command = commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word))
  if (!command) throw new UsageError(noCommand(words))
  try {
    const options = { ...command.options, json: { type: 'boolean' } } as const
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const input = { words: positionals.slice(command.name.split(' ').length), options: values as Input['options'] }
    return { command, input }
  } catch (error) {
    // Node goes on for three lines about how an option that looks like a value could be written.
    const [sentence = ''] = String(error instanceof Error ? error.message : error).split('\n')
    throw new UsageError(`${sentence.replace(/\.$/, '')}. Write: ${command.usage}`)
  }
}

/** Whoever knows the noun is told what can be done with it. */
function noCommand(words: readonly string[]): string {
  const [noun = ''] = words
  const known = commands.filter(({ name }) => name.startsWith(`${noun} `)).map(({ name }) => `"${name}"`)
  const wanted = words.slice(0, 2).join(' ')
  if (known.length === 0) return `There is no command "${wanted}". "npm run -s cli -- help" lists them all.`
  return `There is no command "${wanted}", but ${known.join(', ')}. "npm run -s cli -- help" says what each does.`
}

async function runCommand(command: Command, input: Input, env: Shell['env']): Promise<Output> {
  if (command.needs === 'nothing') return command.run(input)
  const config = loadConfig(env)
  const postgres = config.databaseUrl ? null : await openPostgres(config.dataDir)
  try {
    const settings = { ...config, logLevel: 'error', databaseUrl: config.databaseUrl ?? postgres?.url ?? '' }
    if (command.needs === 'database') return await command.run(input, settings)
    return await withContext(settings, (ctx) => command.run(input, ctx))
  } finally {
    await postgres?.stop()
  }
}

async function openPostgres(dataDir: string) {
  const { startPostgres } = await import('#src/boot/postgres.ts')
  return startPostgres({ dataDir })
}

type Settings = Parameters<typeof import('#src/assemble.ts')['createContext']>[0]
type WithContext = Parameters<Extract<Command, { needs: 'context' }>['run']>[1]

async function withContext(settings: Settings, work: (ctx: WithContext) => Promise<Output>): Promise<Output> {
  const { migrateDatabase } = await import('#src/db/migrate.ts')
  const { closeContext, createContext } = await import('#src/assemble.ts')
  const { ensureInstanceActor } = await import('#src/features/actors/service.ts')
  await migrateDatabase(settings.databaseUrl)
  const ctx = await atHome(settings, createContext)
  try {
    await ensureInstanceActor(ctx)
    return await work(ctx)
  } finally {
    await closeContext(ctx)
  }
}

/** Commands speak of the instance as it runs, whatever address this shell knows: links lead there, and handles are those. */
async function atHome(settings: Settings, createContext: (settings: Settings) => WithContext): Promise<WithContext> {
  const ctx = createContext(settings)
  const { findHome } = await import('#src/features/actors/home-queries.ts')
  const home = await findHome(ctx.db)
  if (!home || (home.publicUrl === settings.publicUrl && home.handleHost === settings.handleHost)) return ctx
  const { closeContext } = await import('#src/assemble.ts')
  await closeContext(ctx)
  return createContext({ ...settings, ...home })
}

function sentenceOf(error: unknown): string {
  const isForPeople =
    error instanceof Problem ||
    error instanceof UsageError ||
    error instanceof ConfigError ||
    error instanceof BootError ||
    error instanceof OAuthError
  if (isForPeople) return error.message
  if (!(error instanceof Error)) return String(error)
  // A cause says what the library's own words hide: that the database cannot be reached, for example.
  return error.cause instanceof Error
    ? `${error.message.split('\n')[0]}: ${error.cause.message}`
    : (error.stack ?? error.message)
}
