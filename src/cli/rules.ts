import { readFile } from 'node:fs/promises'
import { isId } from '#src/core/ids.ts'
import { textKind } from '#src/db/schema/instance.ts'
import { deleteRule, insertRule, listRules, putText } from '#src/features/rules/queries.ts'
import { type Command, textOption, UsageError, wordAt } from './command.ts'

/** `rules add`. */
export const addRuleCommand: Command = {
  name: 'rules add',
  usage: 'rules add TEXT [--hint H]',
  about: 'Adds a rule, which people see before they make an account and before they report somebody.',
  options: { hint: { type: 'string' } },
  needs: 'context',
  run: async (input, ctx) => {
    const text = wordAt(input, 0, 'TEXT')
    const id = await insertRule(ctx.db, { text, hint: textOption(input, 'hint') ?? '' })
    return { data: { id, text }, text: `Rule ${id} holds.` }
  },
}

/** `rules remove`. */
export const removeRuleCommand: Command = {
  name: 'rules remove',
  usage: 'rules remove ID',
  about: 'Takes a rule back.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const id = wordAt(input, 0, 'ID')
    const didHold = isId(id) && (await deleteRule(ctx.db, id, ctx.now()))
    return { data: { id, didHold }, text: didHold ? `Rule ${id} no longer holds.` : `There is no rule ${id}.` }
  },
}

/** `rules list`. */
export const listRulesCommand: Command = {
  name: 'rules list',
  usage: 'rules list',
  about: 'Lists the rules.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const rules = await listRules(ctx.db)
    const lines = rules.map(({ id, text }) => `${id}  ${text}`)
    return { data: rules, text: lines.length > 0 ? lines.join('\n') : 'There is no rule.' }
  },
}

/** `texts set`. */
export const setTextCommand: Command = {
  name: 'texts set',
  usage: 'texts set KIND FILE [--from YYYY-MM-DD]',
  about: `Publishes a text of the instance from a file: ${textKind.enumValues.join(', ')}. Terms of service may hold from a later day.`,
  options: { from: { type: 'string' } },
  needs: 'context',
  run: async (input, ctx) => {
    const word = wordAt(input, 0, 'KIND')
    const kind = textKind.enumValues.find((one) => one === word)
    if (!kind) throw new UsageError(`KIND must be one of ${textKind.enumValues.join(', ')}`)
    // Of the others there is one version: the day by which it is kept is always the same.
    const usual = kind === 'terms_of_service' ? ctx.now().toISOString().slice(0, 10) : '2000-01-01'
    const effectiveOn = textOption(input, 'from') ?? usual
    if (!/^\d{4}-\d{2}-\d{2}$/.test(effectiveOn)) throw new UsageError('--from must be a day, as in 2026-12-31')
    const source = (await readFile(wordAt(input, 1, 'FILE'), 'utf8')).trim()
    if (source === '') throw new UsageError('The file is empty')
    await putText(ctx.db, { kind, source, effectiveOn, now: ctx.now() })
    return { data: { kind, effectiveOn }, text: `The text is published: ${kind}.` }
  },
}
