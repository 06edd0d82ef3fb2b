import { readFileSync } from 'node:fs'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { type Actor, findLocalActor } from '#src/features/actors/queries.ts'
import { exportTable, importTable, planTable } from '#src/features/products/import.ts'
import { maxTableBytes } from '#src/features/products/table.ts'
import { type Command, type Input, UsageError, wordAt } from './command.ts'

/** `products export`. */
export const exportProductsCommand: Command = {
  name: 'products export',
  usage: 'products export HANDLE > FILE',
  about: 'Writes what HANDLE sells as a table (CSV).',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const table = await exportTable(ctx, (await getNamed(ctx, input)).id)
    return { data: { table }, text: table.trimEnd() }
  },
}

/** `products import`. */
export const importProductsCommand: Command = {
  name: 'products import',
  usage: 'products import HANDLE FILE [--dry-run]',
  about:
    'Makes the catalogue of HANDLE what a table says: products with the same number (sku) are changed, the others are new. --dry-run only says what would be done.',
  options: { 'dry-run': { type: 'boolean' } },
  needs: 'context',
  run: async (input, ctx) => {
    const { id: actorId } = await getNamed(ctx, input)
    const text = readText(wordAt(input, 1, 'FILE'))
    const plan = await planTable(ctx, actorId, text)
    const isDry = input.options['dry-run'] === true
    if (!isDry) await importTable(ctx, { actorId, userId: null }, text)
    const { added, changed, unchanged, problems } = plan
    const counts = isDry
      ? `Would add ${added.length} and change ${changed.length}; ${unchanged} are so already.`
      : `Added ${added.length} and changed ${changed.length}; ${unchanged} were so already.`
    const lines = problems.map(({ line, field, text: row }) => `Line ${line} cannot be used (${field}): ${row}`)
    const data = { added: added.length, changed: changed.length, unchanged, problems, isDry }
    return { data, text: [counts, ...lines].join('\n') }
  },
}

function readText(path: string): string {
  const bytes = readFileSync(path)
  if (bytes.length > maxTableBytes) throw new UsageError(`${path} is larger than ${maxTableBytes} bytes`)
  return bytes.toString('utf8')
}

async function getNamed(ctx: Ctx, input: Input): Promise<Actor> {
  const handle = wordAt(input, 0, 'HANDLE').replace(/^@/, '')
  const actor = await findLocalActor(ctx.db, handle)
  if (!actor || actor.deletedAt || actor.type === 'Application') throw notFound(`There is no identity called ${handle}`)
  return actor
}
