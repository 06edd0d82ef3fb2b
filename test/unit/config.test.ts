import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, envExample, loadConfig, settings } from '#src/config.ts'

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('settings', () => {
  it('have defaults for a machine of one’s own', () => {
    expect(loadConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      dataDir: resolve('./data'),
      publicUrl: 'http://localhost:3000',
      handleHost: 'localhost:3000',
      databaseUrl: undefined,
      redisUrl: undefined,
      role: 'all',
      outboundAllow: [],
      trustedProxies: [],
      authorizedFetch: false,
      smtpUrl: undefined,
      smtpFrom: 'noreply@localhost',
      logLevel: 'info',
    })
  })

  it('are read from the environment', () => {
    const env = {
      PORT: '8080',
      PUBLIC_URL: 'https://social.example/',
      HANDLE_HOST: 'Example.org',
      AUTHORIZED_FETCH: 'true',
    }
    expect(loadConfig(env)).toMatchObject({
      port: 8080,
      publicUrl: 'https://social.example',
      handleHost: 'example.org',
      authorizedFetch: true,
      smtpFrom: 'noreply@example.org',
    })
  })

  it('are not set when they are empty, as compose files write them', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: ' ', HANDLE_HOST: '' })).toEqual(loadConfig({}))
  })

  it('hold lists separated by commas', () => {
    expect(loadConfig({ OUTBOUND_ALLOW: 'a.test, 10.0.0.0/8 ,,' }).outboundAllow).toEqual(['a.test', '10.0.0.0/8'])
  })

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true)
  })

  it('are complained about all at once, each by name', () => {
    const problems = problemsOf({
      PORT: 'many',
      ROLE: 'king',
      PUBLIC_URL: 'https://x.example/path',
      DATABASE_URL: 'mysql://x',
    })
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'DATABASE_URL',
      'PORT',
      'PUBLIC_URL',
      'ROLE',
    ])
    expect(problems.join('\n')).toContain('write web, worker or all')
  })

  it.each([
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PUBLIC_URL', 'social.example'],
    ['PUBLIC_URL', 'ftp://social.example'],
    ['PUBLIC_URL', 'https://user@social.example'],
    ['PUBLIC_URL', 'http://social.example'],
    ['PUBLIC_URL', 'http://93.184.215.14'],
    ['PUBLIC_URL', 'http://notlocalhost'],
    ['PUBLIC_URL', 'https://social.example/?x'],
    ['HANDLE_HOST', 'https://example.org'],
    ['AUTHORIZED_FETCH', 'yes'],
    ['REDIS_URL', 'localhost:6379'],
    ['SMTP_URL', 'https://mail.example'],
    ['STORAGE_URL', 's3://bucket'],
    ['STORAGE_URL', 'file:media'],
    ['STORAGE_URL', 'file://elsewhere/media'],
    ['HANDLE_HOST', '...'],
    ['OUTBOUND_ALLOW', '10.0.0.0/99'],
    ['TRUSTED_PROXIES', 'proxy.example'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['SMTP_FROM', 'Entremise'],
    ['LOG_LEVEL', 'loud'],
  ])('refuse %s=%s', (name, value) => {
    const problems = problemsOf({ [name]: value })
    expect(problems).toHaveLength(1)
    // What the schema's library says by itself is no sentence for an operator.
    expect(problems[0]).not.toMatch(/expected|received|invalid/i)
  })

  it.each([
    ['HANDLE_HOST', 'xn--bcher-kva.example:8443'],
    ['OUTBOUND_ALLOW', 'a.test,localhost:3001,10.0.0.0/8,::1'],
    ['TRUSTED_PROXIES', '127.0.0.1, 10.0.0.0/8, fd00::/8'],
    ['SMTP_FROM', 'The house <noreply@example.org>'],
    ['STORAGE_URL', 'file:///srv/entremise/media'],
  ])('take %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([])
  })

  it.each([
    'http://localhost:3000',
    'http://a.localhost',
    'http://127.0.0.2:81',
    'http://[::1]:3000',
    'http://192.168.1.5',
  ])('take %s, which nobody else can reach', (url) => {
    expect(loadConfig({ PUBLIC_URL: url }).publicUrl).toBe(url)
  })

  it('take plain http for a host that may be reached so', () => {
    const url = 'http://one.test:8080'
    expect(loadConfig({ PUBLIC_URL: url, OUTBOUND_ALLOW: 'one.test' }).publicUrl).toBe(url)
    expect(problemsOf({ PUBLIC_URL: url, OUTBOUND_ALLOW: 'one.test:81' })).toHaveLength(1)
  })

  it('name each wrong entry of a list', () => {
    const problems = problemsOf({ TRUSTED_PROXIES: '127.0.0.1,near,far' })
    expect(problems).toEqual([
      'TRUSTED_PROXIES: "near" is neither an address nor a CIDR such as 10.0.0.0/8',
      'TRUSTED_PROXIES: "far" is neither an address nor a CIDR such as 10.0.0.0/8',
    ])
  })

  it('take secrets from files, and say which file cannot be read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'entremise-config-'))
    try {
      const path = join(folder, 'database')
      writeFileSync(path, 'postgres://u:p@db.example/x\n')
      expect(loadConfig({ DATABASE_URL_FILE: path }).databaseUrl).toBe('postgres://u:p@db.example/x')
      expect(problemsOf({ SMTP_URL_FILE: join(folder, 'missing') })[0]).toContain(join(folder, 'missing'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('.env.example', () => {
  const file = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')

  it('is what `npm run env:example` writes', () => {
    expect(file).toBe(envExample())
  })

  it('explains every setting, and sets none', () => {
    for (const name of Object.keys(settings)) expect(file).toMatch(new RegExp(`^# .+\n#${name}=`, 'm'))
    expect(file.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([])
  })

  it('shows the defaults', () => {
    const shown = Object.fromEntries([...file.matchAll(/^#([A-Z_]+)=(.+)$/gm)].map(([, name, value]) => [name, value]))
    expect(loadConfig(shown)).toEqual(loadConfig({}))
  })
})
