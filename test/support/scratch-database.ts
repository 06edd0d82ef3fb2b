import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { migrateDatabase } from '#src/db/migrate.ts'

const server = 'postgres://entremise@127.0.0.1:54999'

export async function createTestDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const admin = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
  const name = `test_${randomBytes(6).toString('hex')}`
  try {
    const template = await ensureTemplate(admin)
    await admin.unsafe(`create database ${name} template ${template}`)
  } finally {
    await admin.end()
  }
  return { url: `${server}/${name}`, drop: () => drop(name) }
}

async function ensureTemplate(admin: postgres.Sql): Promise<string> {
  const name = `template_${await schemaHash()}`
  await admin`select pg_advisory_lock(4711)`
  const [there] = await admin`select 1 from pg_database where datname = ${name}`
  if (!there) {
    await admin.unsafe(`create database ${name}`)
    await migrateDatabase(`${server}/${name}`)
  }
  await admin`select pg_advisory_unlock(4711)`
  return name
}

async function schemaHash(): Promise<string> {
  const folder = fileURLToPath(new URL('../../drizzle/', import.meta.url))
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  const hash = createHash('sha256')
  for (const file of files) hash.update(await readFile(folder + file))
  return hash.digest('hex').slice(0, 12)
}

async function drop(name: string): Promise<void> {
  const admin = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
  await admin.unsafe(`drop database if exists ${name} with (force)`)
  await admin.end()
}
