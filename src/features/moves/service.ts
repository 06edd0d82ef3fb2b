import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { forbidden, limited, type Problem } from '#src/errors.ts'
import { actorIri } from '#src/features/actors/entity.ts'
import { markMoved, unmarkMoved } from '#src/features/actors/move-queries.ts'
import { fieldProblem, requireRole } from '#src/features/actors/policy.ts'
import { type Actor, findActor, getActor, getActors } from '#src/features/actors/queries.ts'
import type { Move } from './carry.ts'
import { findNamed } from './named.ts'
import { isTooSoon, type MoveRefusal, moveEveryMs, refuseMove } from './policy.ts'

/** Who decides where an identity of ours lives: one of its owners, or the operator at the command line (no viewer). */
export type Mover = Readonly<{ actorId: string; viewer: Viewer | null }>

/** @throws Problem `forbidden` for everybody but an owner who acts as the identity */
export function requireMover({ actorId, viewer }: Mover): void {
  if (!viewer) return
  requireRole(viewer, 'move-actor')
  if (viewer.actorId !== actorId) throw forbidden('Act as the one that is to move')
}

/**
 * Takes note that an actor of another server has moved; everything else follows from that.
 * @param move whose target was read just now
 * @returns why it is not believed; null: it is
 */
export async function acceptMove(ctx: Ctx, move: Move): Promise<MoveRefusal | null> {
  return transaction(ctx.db, async (tx) => {
    const [old, target] = await getActors(tx, [move.actorId, move.targetId])
    const refusal = await writeMove(ctx, tx, { old, target })
    if (!refusal) await emit(tx, { type: 'move.accepted', ...move }, 'remote')
    return refusal
  })
}

/** @returns why it cannot be; null when it is written */
async function writeMove(ctx: Ctx, tx: Tx, { old, target }: Readonly<Record<'old' | 'target', Actor>>) {
  const now = ctx.now()
  const refusal = refuseMove({ old, oldIri: actorIri(ctx.uris, old), target, now })
  if (refusal) return refusal
  const unlessSince = new Date(now.getTime() - moveEveryMs)
  const toIri = actorIri(ctx.uris, target)
  // Of two that come at once only one finds the row as it was.
  return (await markMoved(tx, old.id, { toIri, now, unlessSince })) ? null : 'again'
}

/**
 * Moves an identity of ours to another account, which must name it as an alias. Followers everywhere are told, and those here follow on; the
 * identity itself neither posts nor follows from now on, until that is taken back.
 * @param text `@name@host`, or the address of a profile
 * @returns the new account
 * @throws Problem `forbidden`, `invalid` with `details.target`, `limited` less than thirty days after the last move
 */
export async function moveActor(ctx: Ctx, mover: Mover, text: string): Promise<Actor> {
  requireMover(mover)
  const { actorId, viewer } = mover
  const before = await getActor(ctx.db, actorId)
  if (isTooSoon(before, ctx.now())) throw toProblem(ctx, 'again', before)
  const target = await readAgain(ctx, await findNamed(ctx, text))
  if (!target) throw toProblem(ctx, 'absent', before)
  return transaction(ctx.db, async (tx) => {
    const old = await getActor(tx, actorId)
    const refusal = await writeMove(ctx, tx, { old, target })
    if (refusal) throw toProblem(ctx, refusal, old)
    await recordAct(tx, { viewer, action: 'actor.moved', subjectId: actorId, details: { targetId: target.id } })
    await emit(tx, { type: 'actor.updated', actorId })
    await emit(tx, { type: 'actor.moved', actorId, targetId: target.id })
    await emit(tx, { type: 'move.accepted', actorId, targetId: target.id })
    return target
  })
}

/** As it is now: that it names the old one may be a minute old. */
async function readAgain(ctx: Ctx, target: Actor | null): Promise<Actor | null> {
  if (!target?.iri) return target
  const id = await ctx.remote.refreshActor(target.iri)
  return id ? findActor(ctx.db, id) : null
}

function toProblem(ctx: Ctx, refusal: MoveRefusal, old: Actor): Problem {
  if (refusal === 'again') {
    const retryAt = new Date((old.movedAt ?? ctx.now()).getTime() + moveEveryMs)
    return limited('This identity has moved less than thirty days ago; it can move again after that', retryAt)
  }
  const address = `@${old.handle}@${ctx.config.handleHost}`
  const [error, description] = {
    absent: ['ERR_NOT_FOUND', 'was not found; write an address such as @name@example.org'],
    itself: ['ERR_ITSELF', 'is this identity itself'],
    onward: ['ERR_MOVED', 'has moved itself; write where it has gone'],
    unaware: ['ERR_UNAWARE', `does not name ${address} as an alias yet; add it there first`],
  }[refusal] as [string, string]
  return fieldProblem('target', error, description)
}

/** An identity of ours points to another account no more, and may speak again. Its followers do not come back. False when it pointed nowhere. */
export async function takeBackMove(ctx: Ctx, mover: Mover): Promise<boolean> {
  requireMover(mover)
  const { actorId, viewer } = mover
  return transaction(ctx.db, async (tx) => {
    if (!(await unmarkMoved(tx, actorId, ctx.now()))) return false
    await recordAct(tx, { viewer, action: 'actor.returned', subjectId: actorId })
    await emit(tx, { type: 'actor.updated', actorId })
    return true
  })
}
