import type { TestProject } from 'vitest/node'
import { connect } from '#src/db/connect.ts'
import { migrateDatabase } from '#src/db/migrate.ts'
import { startTestPostgres } from './postgres.ts'

declare module 'vitest' {
  // The interface is vitest's; this adds to it.
  interface ProvidedContext {
    /** The test run's PostgreSQL; its database `template_entremise` holds the migrated schema. */
    postgresUrl: string
  }
}

type Run = { url: string; projects: number; stop(): Promise<void> }

/** Every project loads this file anew, and they are to share one server. */
const shared = globalThis as { entremiseTestRun?: Promise<Run> }

/** Starts one PostgreSQL for the whole run and stops it after the last project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.entremiseTestRun ??= begin()
  const run = await shared.entremiseTestRun
  run.projects += 1
  project.provide('postgresUrl', run.url)
  return async () => {
    run.projects -= 1
    if (run.projects === 0) await run.stop()
  }
}

async function begin(): Promise<Run> {
  const server = await startTestPostgres()
  const admin = connect(server.url, { max: 1 })
  await admin`create database template_entremise`
  await admin.end()
  const template = new URL(server.url)
  template.pathname = '/template_entremise'
  await migrateDatabase(template.href)
  return { url: server.url, projects: 0, stop: server.stop }
}
