import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { connect } from '#src/db/connect.ts'

/**
 * Makes a database of its own with the migrated schema and nothing in it, so that test files can run beside each other.
 */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  await command(server, `create database ${name} template template_entremise`)
  const address = new URL(server)
  address.pathname = `/${name}`
  return { url: address.href, drop: () => command(server, `drop database if exists ${name} with (force)`) }
}

async function command(server: string, statement: string): Promise<void> {
  const admin = connect(server, { max: 1, onnotice: () => {} })
  try {
    await admin.unsafe(statement)
  } finally {
    await admin.end()
  }
}
