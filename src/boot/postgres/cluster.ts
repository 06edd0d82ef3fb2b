import { spawn } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { BootError, errorCode } from '#src/boot/failure.ts'
import { type Account, commandAs } from './account.ts'
import type { Binaries } from './binaries.ts'
import { explain } from './explain.ts'
import { isRunning } from './processes.ts'

/**
 * Makes the data folder when there is none.
 * @throws BootError when we may not use it
 */
export function prepareDataFolder(dataDir: string): void {
  try {
    mkdirSync(dirname(dataDir), { recursive: true })
    // Only the last folder is closed to others: the way to it is no secret.
    if (!existsSync(dataDir)) mkdirSync(dataDir, { mode: 0o700 })
    // Throws ENOTDIR for a file, which for root passes as a folder otherwise.
    readdirSync(dataDir)
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new BootError(explain(`${errorCode(error)} ${String(error)}`, dataDir))
  }
}

type Making = Readonly<{ dataDir: string; home: string; account: Account; binaries: Binaries; sync: boolean }>

/**
 * Makes the database folder at the first start, and checks that this PostgreSQL can read it at every later one.
 * @throws BootError when it cannot
 */
export async function prepareCluster(making: Making): Promise<void> {
  const { home, account, binaries } = making
  if (existsSync(join(home, 'PG_VERSION'))) {
    checkVersion(home, binaries.major)
    takeOwnership(home, account)
    return
  }
  if (existsSync(home) && readdirSync(home).length > 0) {
    throw new BootError(`${home} holds files but no database: move them away, or set DATA_DIR to another folder.`)
  }
  await createCluster(making)
}

function checkVersion(home: string, major: number): void {
  const made = Number.parseInt(readFileSync(join(home, 'PG_VERSION'), 'utf8'), 10)
  if (made === major) return
  throw new BootError(
    `The database in ${home} belongs to PostgreSQL ${made} and this version of Entremise brings PostgreSQL ${major}: ` +
      'dump it with the version that made it, move the folder away, and restore the dump.',
  )
}

/** PostgreSQL wants to own its files; only root can arrange that after the account has changed. */
function takeOwnership(home: string, account: Account): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = account.kind === 'other' ? account : { uid: 0, gid: 0 }
  if (statSync(home).uid === uid) return
  for (const name of ['.', ...readdirSync(home, { recursive: true, encoding: 'utf8' })])
    lchownSync(join(home, name), uid, gid)
}

/** Made aside and then renamed, so that a start that was cut off leaves nothing that looks like a database. */
async function createCluster({ dataDir, home, account, binaries, sync }: Making): Promise<void> {
  removeLeftovers(dataDir)
  const draft = join(dataDir, `postgres.new-${process.pid}`)
  mkdirSync(draft, { mode: 0o700 })
  try {
    if (account.kind === 'other') lchownSync(draft, account.uid, account.gid)
    await runInitdb({ draft, account, binaries, sync })
    renameSync(draft, home)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    // Another process that was started at the same moment has made it.
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) return
    throw error
  }
}

function removeLeftovers(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    const pid = Number(/^postgres\.new-(\d+)$/.exec(name)?.[1])
    if (pid && !isRunning(pid)) rmSync(join(dataDir, name), { recursive: true, force: true })
  }
}

/**
 * Order and case come from tables inside PostgreSQL, the same on every machine: no index breaks when the system's libraries change.
 * Trigrams still ask the system which characters are letters; in the C locale only ASCII ones are, so a UTF-8 one is preferred.
 */
const characterTypes = ['C.UTF-8', 'en_US.UTF-8', 'C']

type Initdb = Readonly<{ draft: string; account: Account; binaries: Binaries; sync: boolean }>

async function runInitdb({ draft, account, binaries, sync }: Initdb): Promise<void> {
  let output = ''
  for (const type of characterTypes) {
    const locale = ['--locale=C', `--lc-ctype=${type}`, '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    // The socket lies in a folder that only its owner may enter, which is stronger than a password kept beside it.
    const access = ['--username=postgres', '--auth-local=trust', '--auth-host=reject']
    const args = ['-D', draft, '--encoding=UTF8', ...locale, ...access, '--data-checksums', '--no-instructions']
    const result = await runToEnd(commandAs(account, binaries.initdb, sync ? args : [...args, '--no-sync']))
    if (result.code === 0) return
    output = result.output
    if (!output.includes('invalid locale name')) break
  }
  throw new BootError(explain(output, dirname(draft)))
}

async function runToEnd({
  file,
  args,
  options,
}: ReturnType<typeof commandAs>): Promise<{ code: number; output: string }> {
  const child = spawn(file, args, { ...options, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(new BootError(explain(String(error), file))))
    child.once('close', (code) => resolve(code ?? 1))
  })
  const [code, output] = await Promise.all([ended, text(child.stderr)])
  return { code, output }
}
