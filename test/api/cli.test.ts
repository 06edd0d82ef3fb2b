import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '#src/cli/run.ts'
import { connect } from '#src/db/connect.ts'
import { createTestDatabase } from '#test/support/database.ts'
import { disc } from '#test/support/emoji.ts'

const run = promisify(execFile)

describe('the command line', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let dataDir: string

  beforeAll(async () => {
    database = await createTestDatabase()
    dataDir = await mkdtemp(join(tmpdir(), 'entremise-cli-'))
  })

  afterAll(async () => {
    await database.drop()
    await rm(dataDir, { recursive: true, force: true })
  })

  const settings = () => ({
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    PUBLIC_URL: 'https://social.example',
  })

  const cli = async (...args: string[]) => {
    const written = { out: '', error: '' }
    const code = await runCli(args, {
      env: settings(),
      stdout: { write: (text) => (written.out += text) },
      stderr: { write: (text) => (written.error += text) },
    })
    return { code, out: written.out.trim(), error: written.error.trim() }
  }

  it('is a process that answers on its own, and ends with 1 when something was wrong', async () => {
    const process = (...args: string[]) =>
      run(execPath, ['src/cli.ts', ...args], { env: { ...settings(), PATH: env.PATH } })
    const added = await process('rules', 'add', 'Be kind.', '--json')
    expect(JSON.parse(added.stdout)).toMatchObject({ text: 'Be kind.' })
    await expect(process('users', 'demote', 'nobody@example.org')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('nobody@example.org'),
    })
  })

  it('makes a login, an organisation and a token, each as JSON', async () => {
    const user = JSON.parse(
      (await cli('users', 'create', 'ada@example.org', '--password', 'correct horse', '--admin', '--json')).out,
    )
    expect(user).toMatchObject({ email: 'ada@example.org', isAdmin: true })
    const args = [
      'actors',
      'create',
      'maison',
      '--type',
      'organization',
      '--owner',
      'ada@example.org',
      '--name',
      'La Maison',
      '--json',
    ]
    const actor = JSON.parse((await cli(...args)).out)
    expect(actor).toMatchObject({
      handle: 'maison',
      type: 'Organization',
      isLocked: true,
      address: '@maison@social.example',
    })
    const token = JSON.parse(
      (await cli('tokens', 'create', 'maison', '--user', 'ada@example.org', '--scopes', 'read write', '--json')).out,
    )
    expect(token).toMatchObject({ handle: 'maison', scopes: ['read', 'write'] })
    const printed = await cli('tokens', 'create', 'maison', '--user', 'ada@example.org', '--scopes', 'read')
    expect(printed.out).toMatch(/^[\w-]{43}$/)
  })

  it('makes another administrator, and takes the right back from all but the last', async () => {
    const last = await cli('users', 'demote', 'ada@example.org')
    expect(last).toMatchObject({ code: 1, error: expect.stringContaining('promote somebody else first') })
    await cli('users', 'create', 'eve@example.org', '--password', 'correct horse')
    const eve = async (verb: string) => JSON.parse((await cli('users', verb, 'eve@example.org', '--json')).out)
    expect(await eve('promote')).toMatchObject({ isAdmin: true, hasChanged: true })
    expect(await eve('promote')).toMatchObject({ isAdmin: true, hasChanged: false })
    expect(await eve('demote')).toMatchObject({ isAdmin: false, hasChanged: true })
    expect((await cli('users', 'demote', 'eve@example.org')).out).toBe(
      'eve@example.org does not run the instance, as before.',
    )
  })

  it('names former accounts, moves an identity and brings it back (item 29)', async () => {
    const create = (handle: string) => cli('actors', 'create', handle, '--type', 'person', '--owner', 'ada@example.org')
    await create('before')
    await create('after')
    const iri = 'https://social.example/users/before'
    expect((await cli('actors', 'move', 'before', '--to', '@after')).error).toContain('as an alias yet')
    const named = await cli('actors', 'alias', 'after', '--add', '@before@social.example', '--json')
    expect(JSON.parse(named.out)).toEqual({ handle: 'after', alsoKnownAs: [iri] })
    const moved = await cli('actors', 'move', '@before', '--to', '@after@social.example', '--json')
    expect(JSON.parse(moved.out)).toEqual({ handle: 'before', movedTo: 'https://social.example/users/after' })
    expect(await cli('actors', 'move', 'before', '--back')).toMatchObject({ code: 0, error: '' })
    expect((await cli('actors', 'move', 'before', '--back')).error).toBe('before has not moved')
    expect((await cli('actors', 'move', 'before', '--to', '@after')).error).toContain('less than thirty days ago')
    expect((await cli('actors', 'alias', 'after')).out).toBe(iri)
    expect((await cli('actors', 'alias', 'after', '--remove', '@before')).out).toBe('after names no former account.')
    expect((await cli('actors', 'alias', 'after', '--remove', '@before')).error).toContain('does not name @before')
    expect((await cli('actors', 'alias', 'after', '--add', 'a b')).error).toContain('was not found')
  })

  it('gives an identity or the instance new keys (item 31)', async () => {
    await cli('actors', 'create', 'signer', '--type', 'person', '--owner', 'ada@example.org')
    const turned = await cli('actors', 'rotate-keys', '@signer', '--json')
    expect(JSON.parse(turned.out)).toEqual({ handle: 'signer', keyNumber: 2 })
    expect((await cli('actors', 'rotate-keys', 'signer')).out).toBe('signer signs with its keys number 3 from now on.')
    expect(JSON.parse((await cli('actors', 'rotate-keys', '--instance', '--json')).out)).toMatchObject({ keyNumber: 2 })
    expect((await cli('actors', 'rotate-keys', 'nobody')).error).toBe('There is no identity called nobody')
    for (const words of [[], ['signer', '--instance']])
      expect((await cli('actors', 'rotate-keys', ...words)).error).toContain('Write HANDLE or --instance')
  })

  it('makes groups, owned by an identity or by that of a login, and lists them', async () => {
    expect((await cli('groups', 'list')).out).toBe('No group is kept here.')
    const many = await cli('groups', 'create', 'hub', '--owner', 'ada@example.org')
    expect(many).toMatchObject({ code: 1, error: expect.stringContaining('write --owner with one of') })
    expect((await cli('groups', 'create', 'hub', '--owner', 'nobody')).error).toContain('no identity called nobody')
    expect((await cli('groups', 'create', 'hub', '--owner', 'eve@example.org')).error).toContain('act as nobody yet')
    const made = await cli('groups', 'create', 'hub', '--owner', '@maison', '--name', 'The Hub', '--approval', '--json')
    expect(JSON.parse(made.out)).toMatchObject({
      ...{ handle: 'hub', address: '@hub@social.example', isLocked: true, isPrivate: false },
    })
    await cli('actors', 'create', 'eve', '--type', 'person', '--owner', 'eve@example.org')
    const secret = await cli('groups', 'create', 'desk', '--owner', 'eve@example.org', '--private')
    expect(secret.out).toBe('@desk@social.example is there, owned by eve@example.org.')
    expect(JSON.parse((await cli('groups', 'list', '--json')).out)).toEqual([
      { handle: 'hub', name: 'The Hub', access: 'approval', members: 1, waiting: 0, owners: ['maison'] },
      { handle: 'desk', name: '', access: 'private', members: 1, waiting: 0, owners: ['eve'] },
    ])
    expect((await cli('groups', 'list')).out).toContain('@hub  approval  1 members  0 waiting  owned by maison')
  })

  it('opens an identity to everybody only when told so', async () => {
    const open = await cli(
      'actors',
      'create',
      'ouverte',
      '--type',
      'person',
      '--owner',
      'ada@example.org',
      '--open',
      '--json',
    )
    expect(JSON.parse(open.out)).toMatchObject({ isLocked: false, type: 'Person' })
  })

  it('prints an invitation to hand over where there is no mail server', async () => {
    const invitation = JSON.parse(
      (await cli('invite', 'bob@example.org', '--actor', 'maison', '--role', 'publisher', '--json')).out,
    )
    expect(invitation).toMatchObject({ email: 'bob@example.org', isMailed: false })
    expect(invitation.link).toMatch(/^https:\/\/social\.example\/invite\/[\w-]{43}$/)
  })

  it('says who may make an account, and lets nobody where there is no mail server', async () => {
    const mode = async (...args: string[]) => JSON.parse((await cli('registrations', 'mode', ...args, '--json')).out)
    expect(await mode()).toEqual({ mode: 'closed', message: '' })
    expect(await mode('closed', '--message', 'Ask us.')).toEqual({ mode: 'closed', message: 'Ask us.' })
    const opened = await cli('registrations', 'mode', 'open')
    expect(opened).toMatchObject({ code: 1, error: expect.stringContaining('set SMTP_URL first') })
  })

  it('lists who waits, lets one in and turns another away', async () => {
    const sql = connect(database.url, { max: 1 })
    try {
      for (const handle of ['anouk', 'basile'])
        await sql`insert into registrations (email, handle, password_hash, locale, reason, confirmed_at)
          values (${`${handle}@example.org`}, ${handle}, 'x', 'fr', ${'To bake\nand to talk'}, now())`
    } finally {
      await sql.end()
    }
    const waiting = async () => JSON.parse((await cli('registrations', 'list', '--json')).out)
    expect(await waiting()).toMatchObject([
      { handle: 'anouk', email: 'anouk@example.org', locale: 'fr' },
      { handle: 'basile' },
    ])
    expect((await cli('registrations', 'list')).out).toContain('anouk  anouk@example.org  To bake and to talk')
    expect((await cli('registrations', 'approve', 'anouk')).out).toContain('@anouk is in.')
    expect((await cli('registrations', 'refuse', '@basile')).out).toContain('@basile is free')
    expect(await waiting()).toEqual([])
    const token = await cli('tokens', 'create', 'anouk', '--user', 'anouk@example.org', '--scopes', 'read')
    expect(token.out).toMatch(/^[\w-]{43}$/)
  })

  it('blocks a server, lists it and lets it in again', async () => {
    await cli('domains', 'block', 'rude.example', '--reason', 'spam')
    expect(JSON.parse((await cli('domains', 'list', '--json')).out)).toMatchObject([
      { host: 'rude.example', reason: 'spam' },
    ])
    expect((await cli('domains', 'unblock', 'rude.example')).code).toBe(0)
    expect(JSON.parse((await cli('domains', 'list', '--json')).out)).toEqual([])
  })

  it('asks a relay, lists it and leaves it', async () => {
    const url = 'https://relay.example/inbox'
    expect((await cli('relays', 'add', url)).out).toContain('is asked')
    expect(JSON.parse((await cli('relays', 'list', '--json')).out)).toMatchObject([{ inboxUrl: url, state: 'pending' }])
    expect((await cli('relays', 'remove', url)).out).toContain('has left')
    expect((await cli('relays', 'remove', url)).error).toContain('relays list')
    expect((await cli('relays', 'list')).out).toContain('no relay')
  })

  it.each([
    [
      'a second login for an address',
      ['users', 'create', 'ada@example.org', '--password', 'correct horse'],
      /has a login already/,
    ],
    ['a password that is too short', ['users', 'create', 'eve@example.org', '--password', 'short'], /at least/],
    [
      'an owner whom nobody knows',
      ['actors', 'create', 'x1', '--type', 'person', '--owner', 'no@example.org'],
      /no login for no@example.org/,
    ],
    [
      'a kind of identity that is none',
      ['actors', 'create', 'x1', '--type', 'group', '--owner', 'ada@example.org'],
      /person or organization/,
    ],
    ['a command that is none', ['persons', 'destroy'], /There is no command "persons destroy"/],
    [
      'half a command',
      ['users'],
      /"users create", "users disable", "users enable", "users promote", "users demote", "users password"/,
    ],
    [
      'an option where a value is needed',
      ['users', 'create', 'eve@example.org', '--password', '--admin'],
      /--password.* Write: users create EMAIL/,
    ],
    ['a mode that is none', ['registrations', 'mode', 'ajar'], /closed, approval, open/],
    ['somebody who does not wait', ['registrations', 'approve', 'nobody'], /Nobody called nobody waits/],
    ['an option that is none', ['users', 'create', 'eve@example.org', '--pasword', 'x'], /Write: users create EMAIL/],
    ['a span that is none', ['effects', 'replay', '--since', 'yesterday'], /30m, 1h or 2d/],
  ])('refuses %s in one sentence', async (_what, args, sentence) => {
    const { code, out, error } = await cli(...args)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(error).toMatch(sentence)
    expect(error.split('\n')).toHaveLength(1)
  })

  it('prints the settings as .env.example has them', async () => {
    expect((await cli('config', 'example')).out).toBe((await readFile('.env.example', 'utf8')).trimEnd())
  })

  it('adds, lists and removes emojis', async () => {
    const path = join(dataDir, 'disc.png')
    await writeFile(path, await disc())
    expect((await cli('emoji', 'list')).out).toBe('There is no emoji.')
    const added = await cli('emoji', 'add', ':blob:', path, '--category', 'Cats', '--json')
    expect(JSON.parse(added.out)).toMatchObject({ shortcode: 'blob', category: 'Cats' })
    expect((await cli('emoji', 'add', 'shy', path, '--hidden')).out).toBe(':shy: can be used from now on.')
    const emojis = JSON.parse((await cli('emoji', 'list', '--json')).out)
    expect(emojis).toMatchObject([
      { shortcode: 'shy', category: null, isVisibleInPicker: false },
      { shortcode: 'blob', category: 'Cats', isVisibleInPicker: true },
    ])
    expect(emojis[0].url).toMatch(/^https:\/\/social\.example\/emojis\/[0-9a-f]{32}\/64\.png$/)
    expect(await cli('emoji', 'add', 'blob', path)).toMatchObject({
      code: 1,
      error: 'There is an emoji :blob: already; remove it first',
    })
    expect((await cli('emoji', 'add', 'none', join(dataDir, 'none.png'))).error).toMatch(/^There is no file \//)
    await writeFile(path, 'no picture')
    expect(await cli('emoji', 'add', 'text', path)).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^This file is not a picture/),
    })
    expect((await cli('emoji', 'remove', 'blob')).out).toBe(':blob: can no longer be used.')
    expect((await cli('emoji', 'remove', 'blob')).out).toBe('There is no emoji :blob:.')
  })

  it('reads and writes what an identity sells as a table', async () => {
    await cli('users', 'create', 'grocer@example.org', '--password', 'a long enough password')
    await cli('actors', 'create', 'grocer', '--type', 'person', '--owner', 'grocer@example.org')
    const path = join(dataDir, 'products.csv')
    await writeFile(path, 'sku,name,price,tax_rate\nA,Tea,4.50,5.5\nB,Bad,much,20\n')
    const dry = await cli('products', 'import', 'grocer', path, '--dry-run')
    expect(dry.out).toBe('Would add 1 and change 0; 0 are so already.\nLine 3 cannot be used (price): B,Bad,much,20')
    expect((await cli('products', 'export', 'grocer')).out).not.toContain('Tea')
    expect((await cli('products', 'import', 'grocer', path)).out).toMatch(/^Added 1 and changed 0; 0 were so already\./)
    expect((await cli('products', 'export', 'grocer')).out).toContain('A,Tea,on_sale,4.50,EUR,5.5')
    expect((await cli('products', 'import', 'grocer', path)).out).toMatch(/^Added 0 and changed 0; 1 were so already\./)
    expect((await cli('products', 'export', 'nobody')).error).toBe('There is no identity called nobody')
  })
})
