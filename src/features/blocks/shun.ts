import { domainToASCII } from 'node:url'
import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName, shareByName } from '#src/db/tombstones.ts'
import { fieldProblem, requireRole } from '#src/features/actors/policy.ts'
import { emitEnds, followsOf } from './service.ts'
import { deleteFollowsWithHost, deleteShun, insertShun } from './shun-queries.ts'

/**
 * The host that somebody typed, as handles have it: lower case, in ASCII. A single name, without what is below it.
 * @throws Problem `invalid` with `details.domain`
 */
function readHost(ctx: Ctx, text: string): string {
  const typed = text.trim().replace(/^@/, '')
  if (typed === '') throw fieldProblem('domain', 'ERR_BLANK', "can't be blank")
  const [, name = '', port = ''] = /^([^\s/:]+)(:\d{1,5})?$/.exec(typed) ?? []
  const ascii = domainToASCII(name)
  if (ascii === '') throw fieldProblem('domain', 'ERR_INVALID', 'is not a valid domain name')
  const host = `${ascii}${port}`
  if (host === ctx.config.handleHost) throw fieldProblem('domain', 'ERR_INVALID', 'is this server itself')
  return host
}

const shunsOf = (actorId: string) => `shuns of ${actorId}`

/** Keeps an actor from shunning a server until the transaction ends: for those who ask to follow it, of whom many come at once. */
export async function holdShuns(tx: Tx, actorId: string): Promise<void> {
  await shareByName(tx, shunsOf(actorId))
}

/**
 * The viewer's actor wants nothing to do with a server: follows with everybody there end in both directions, neither sees the other, and who
 * asks from there is refused. The others are told of the ends only. The instance goes on speaking with that server.
 * @throws Problem `forbidden`, `invalid` for what is no host
 */
export async function shunHost(ctx: Ctx, viewer: Viewer, text: string): Promise<void> {
  requireRole(viewer, 'follow')
  const shun = { actorId: viewer.actorId, host: readHost(ctx, text) }
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, followsOf(viewer.actorId))
    // A Follow from there that is being dealt with is waited for, and ends with the others.
    await lockByName(tx, shunsOf(viewer.actorId))
    if (!(await insertShun(tx, { ...shun, userId: viewer.userId }))) return
    await recordAct(tx, { viewer, action: 'host.shunned', subjectId: null, details: { host: shun.host } })
    await emitEnds(tx, await deleteFollowsWithHost(tx, shun), { by: viewer.actorId, origin: 'local' })
  })
}

/** Has to do with a server again; what ended stays ended. @throws Problem `forbidden`, `invalid` for what is no host */
export async function unshunHost(ctx: Ctx, viewer: Viewer, text: string): Promise<void> {
  requireRole(viewer, 'follow')
  const shun = { actorId: viewer.actorId, host: readHost(ctx, text) }
  await transaction(ctx.db, async (tx) => {
    if (!(await deleteShun(tx, shun))) return
    await recordAct(tx, { viewer, action: 'host.unshunned', subjectId: null, details: { host: shun.host } })
  })
}
