import type { Ctx } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { listBlockedOf } from '#src/features/blocks/service.ts'
import { deleteParked, type JobKind, jobKinds, listGivenUpHosts, requeueParked } from './queries.ts'

/** Which work: one job of a kind, all of a kind, or everything. */
export type Choice = Readonly<{ kind: JobKind | null; key: string | null }>

/** The parts of the name by which a job is called: `fact:12`. Null for what is no such name. */
export function readJobName(name: string): { kind: JobKind; key: string } | null {
  const [, word, key = ''] = /^([a-z]+):(\d{1,19}(?:-\d{1,19})?)$/.exec(name) ?? []
  const kind = jobKinds.find((known) => known === word)
  return kind && key.includes('-') === (kind === 'delivery') ? { kind, key } : null
}

/** The name by which a job is called. */
export const jobName = ({ kind, key }: { kind: JobKind; key: string }) => `${kind}:${key}`

type Actor = Readonly<{ userId: string | null; actorId: string | null }> | null

/**
 * Has work tried again that was given up. Deliveries to servers with which the instance does not speak stay as they are.
 * @returns how many
 */
export async function requeueJobs(ctx: Ctx, { kind, key }: Choice, by: Actor): Promise<number> {
  return transaction(ctx.db, async (tx) => {
    const unspoken = [...(await listBlockedOf(tx, await listGivenUpHosts(tx)))]
    let count = 0
    for (const each of kind ? [kind] : jobKinds)
      count += await requeueParked(tx, { kind: each, key }, { now: ctx.now(), unspoken })
    const details = { kind, key, count }
    if (count > 0) await recordAct(tx, { viewer: by, action: 'job.requeued', subjectId: null, details })
    return count
  })
}

/** Throws work away that was given up. @returns how many */
export async function discardJobs(ctx: Ctx, { kind, key }: Choice, by: Actor): Promise<number> {
  return transaction(ctx.db, async (tx) => {
    let count = 0
    for (const each of kind ? [kind] : jobKinds) count += await deleteParked(tx, { kind: each, key })
    const details = { kind, key, count }
    if (count > 0) await recordAct(tx, { viewer: by, action: 'job.discarded', subjectId: null, details })
    return count
  })
}
