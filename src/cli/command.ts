import type { ParseArgsConfig } from 'node:util'
import type { Config } from '#src/config.ts'
import type { Ctx } from '#src/context.ts'

/** What the words and options of a command line were. */
export type Input = Readonly<{
  words: readonly string[]
  options: Readonly<Record<string, string | boolean | undefined>>
}>

/** What a command answers: `data` for `--json`, `text` for people. */
export type Output = Readonly<{ data: unknown; text: string }>

/** A command of the operator. `needs` says what has to be there: nothing, the settings, the address of the database, or all of it. */
export type Command = Readonly<{
  /** The words by which it is called, as in `users create`. */
  name: string
  usage: string
  about: string
  options: NonNullable<ParseArgsConfig['options']>
}> &
  (
    | Readonly<{ needs: 'nothing'; run(input: Input): Output | Promise<Output> }>
    | Readonly<{ needs: 'database'; run(input: Input, config: Config & { databaseUrl: string }): Promise<Output> }>
    | Readonly<{ needs: 'context'; run(input: Input, ctx: Ctx): Promise<Output> }>
  )

/** Thrown for a command line that cannot be understood; the message says what to write. */
export class UsageError extends Error {}

/** The word at a place, which must be there. */
export function wordAt({ words }: Input, index: number, meaning: string): string {
  const word = words[index]
  if (word === undefined) throw new UsageError(`${meaning} is missing`)
  return word
}

/** An option with a text, if it was given. */
export function textOption({ options }: Input, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** An option with a text, which must be there. */
export function neededOption(input: Input, name: string): string {
  const value = textOption(input, name)
  if (value === undefined) throw new UsageError(`--${name} is missing`)
  return value
}
