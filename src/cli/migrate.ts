import { migrateDatabase } from '#src/db/migrate.ts'
import type { Command } from './command.ts'

/** `migrate`: brings the tables up to date, as every start does. */
export const migrateCommand: Command = {
  name: 'migrate',
  usage: 'migrate',
  about: 'Brings the tables up to date. Every start does it too; several at once wait for each other.',
  options: {},
  needs: 'database',
  run: async (_input, { databaseUrl }) => {
    await migrateDatabase(databaseUrl)
    return { data: { isUpToDate: true }, text: 'The tables are up to date.' }
  },
}
