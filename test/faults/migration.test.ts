import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { env, execPath } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type { Sql } from 'postgres'
import { describe, expect, inject, it } from 'vitest'
import { connect } from '#src/db/connect.ts'
import { createTestDatabase } from '#test/support/database.ts'
import { eventually } from '#test/support/eventually.ts'
import { report, whole } from './scale.ts'

const migrations = resolve(import.meta.dirname, '../../drizzle')
const runs = whole(10, 3)
const people = whole(20_000, 2_000)
const posts = whole(100_000, 5_000)
/** Later by so much from run to run, so that it is killed at other places. */
const stepMs = whole(200, 20)

describe('a migration that is killed', { timeout: whole(600_000, 180_000) }, () => {
  it('is done whole by the next start, and loses no row (fault F5)', async () => {
    const wanted = await describeSchema(await createTestDatabase())
    const cutOff: boolean[] = []
    const old = await createOldDatabase()
    for (let run = 0; run < runs; run++) {
      const database = await copyOf(old)
      const sql = connect(database.url, { max: 1, onnotice: () => {} })
      try {
        cutOff.push(await killInTheMiddle(sql, database.url, run * stepMs))
        await startMigration(database.url).ended
        const [rows] = await sql<object[]>`select (select count(*)::int from users) as people, count(*)::int as posts,
          sum(length(content))::int as letters, count(in_reply_to_id)::int as replies from posts`
        expect(rows).toEqual({ people, posts, letters: posts * 100, replies: posts / 2 })
      } finally {
        await sql.end()
      }
      expect(await describeSchema(database)).toEqual(wanted)
    }
    report('F5', 'a migration is killed', { runs, cutOff: cutOff.filter(Boolean).length, rows: posts })
    expect(cutOff).toContain(true)
  })
})

type Database = Readonly<{ url: string; drop(): Promise<void> }>

/** @returns the address of a new one, empty or a copy of `template` */
async function createDatabase(template?: string): Promise<string> {
  const server = connect(inject('postgresUrl'), { max: 1, onnotice: () => {} })
  const name = `test_${randomBytes(6).toString('hex')}`
  await server.unsafe(`create database ${name} ${template ? `template ${template}` : ''}`)
  await server.end()
  const address = new URL(inject('postgresUrl'))
  address.pathname = `/${name}`
  return address.href
}

/** A database as the first version left it, with people and posts in it, every second of which answers the first. */
async function createOldDatabase(): Promise<string> {
  const url = await createDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'entremise-first-'))
  await cp(migrations, folder, { recursive: true })
  const path = join(folder, 'meta', '_journal.json')
  const journal = JSON.parse(await readFile(path, 'utf8')) as { entries: unknown[] }
  await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }))
  const sql = connect(url, { max: 1, onnotice: () => {} })
  await migrate(drizzle(sql), { migrationsFolder: folder })
  await sql`insert into users (email, password_hash)
    select 'p' || n || '@example.org', 'x' from generate_series(1, ${people}::int) n`
  await sql`insert into actors (type, handle) values ('Organization', 'garden')`
  await sql`insert into posts (id, actor_id, visibility, content, conversation_id, in_reply_to_id)
    select n, (select id from actors), 'public', rpad('', 100, 'seeds and tools '), 1, case when n % 2 = 0 then 1 end
    from generate_series(1, ${posts}::int) n`
  await sql.end()
  await rm(folder, { recursive: true })
  return url
}

async function copyOf(url: string): Promise<Database> {
  return { url: await createDatabase(new URL(url).pathname.slice(1)), drop: async () => {} }
}

function startMigration(url: string) {
  const child = spawn(execPath, ['src/cli.ts', 'migrate'], {
    cwd: resolve(migrations, '..'),
    env: { PATH: env.PATH, DATABASE_URL: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { child, ended: once(child, 'exit') }
}

/** @returns whether it had changed nothing yet for good when it was killed */
async function killInTheMiddle(sql: Sql, url: string, afterMs: number): Promise<boolean> {
  const { child, ended } = startMigration(url)
  const underWay = async () => {
    const found = await sql`select from pg_locks l join pg_class c on c.oid = l.relation
      where l.pid <> pg_backend_pid() and l.mode = 'AccessExclusiveLock' and c.relkind = 'r'
        and l.database = (select oid from pg_database where datname = current_database())`
    expect(found.length).toBeGreaterThan(0)
  }
  await Promise.race([eventually(underWay, { withinMs: 30_000, everyMs: 2 }), ended])
  await pause(afterMs)
  child.kill('SIGKILL')
  await ended
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from drizzle.__drizzle_migrations`
  return row?.count === 1
}

/** Everything of a schema that code could meet, in words, without the order of columns. */
async function describeSchema({ url, drop }: Database): Promise<string[]> {
  const sql = connect(url, { max: 1 })
  const rows = await sql<{ line: string }[]>`
    select format('%s.%s %s %s %s', table_name, column_name, udt_name, is_nullable, column_default) as line
      from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
      where connamespace = 'public'::regnamespace
    union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select format('%s %s', enumtypid::regtype, enumlabel) from pg_enum
    order by 1`
  await sql.end()
  await drop()
  return rows.map(({ line }) => line)
}
