import type { Ctx } from '#src/context.ts'
import { type JobKind, jobKinds, listParked } from '#src/features/jobs/queries.ts'
import { type Choice, discardJobs, jobName, readJobName, requeueJobs } from '#src/features/jobs/service.ts'
import { type Command, type Input, textOption, UsageError, wordAt } from './command.ts'

const kindOption = { kind: { type: 'string' } } as const

function kindOf(input: Input): JobKind | null {
  const word = textOption(input, 'kind')
  if (word === undefined) return null
  const kind = jobKinds.find((known) => known === word)
  if (!kind) throw new UsageError(`There is no kind "${word}", but ${jobKinds.join(', ')}`)
  return kind
}

/** `jobs list`. */
export const listJobsCommand: Command = {
  name: 'jobs list',
  usage: `jobs list [--kind ${jobKinds.join('|')}]`,
  about: 'Lists what was given up after too many attempts, the last 200 first, with the reason.',
  options: kindOption,
  needs: 'context',
  run: async (input, ctx) => {
    const kind = kindOf(input)
    const jobs = await listParked(ctx.db, { kinds: kind ? [kind] : jobKinds, after: null, limit: 200 })
    const lines = jobs.map((job) =>
      [jobName(job), job.parkedAt.toISOString(), `${job.attempts} attempts`, job.subject, job.reason].join('  '),
    )
    return { data: jobs, text: lines.length > 0 ? lines.join('\n') : 'Nothing was given up.' }
  },
}

/** A job by its name, or with `all` those of a kind or every one. */
function choiceOf(input: Input): Choice {
  const word = wordAt(input, 0, 'JOB or all')
  if (word === 'all') return { kind: kindOf(input), key: null }
  const named = readJobName(word)
  if (!named) throw new UsageError(`Write all, or a name as "jobs list" shows it, such as fact:12, not "${word}"`)
  return named
}

type Work = (ctx: Ctx, choice: Choice, by: null) => Promise<number>

const command = (verb: string, about: string, work: Work): Command => ({
  name: `jobs ${verb}`,
  usage: `jobs ${verb} JOB|all [--kind ${jobKinds.join('|')}]`,
  about,
  options: kindOption,
  needs: 'context',
  run: async (input, ctx) => {
    const count = await work(ctx, choiceOf(input), null)
    return { data: { count }, text: `${count} ${verb === 'requeue' ? 'wait to be tried again' : 'are thrown away'}.` }
  },
})

/** `jobs requeue`. */
export const requeueJobsCommand = command('requeue', 'Has what was given up tried again.', requeueJobs)

/** `jobs discard`. */
export const discardJobsCommand = command('discard', 'Throws away what was given up.', discardJobs)
