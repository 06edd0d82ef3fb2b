import type { Ctx } from '#src/context.ts'
import { findLocalKeys } from '#src/features/actors/key-queries.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { iriOfActor } from './actors.ts'
import { keyIdsOf } from './own-keys.ts'
import { privateKey } from './signatures/keys.ts'
import { addProof } from './signatures/proof.ts'

/** What an activity needs besides the signature of the request. */
export type Seal = Readonly<{
  /** The moment of its fact: sealing again gives the same bytes. */
  at: Date
  /** Public activities may be passed on by others, and prove by themselves who said them. Others never do: they are between their ends. */
  isPublic: boolean
  /**
   * Mastodon passes on what it is about by a linked-data signature alone. Nothing else needs one: it takes ten milliseconds and 500 bytes,
   * more than all the rest.
   */
  isForwarded?: boolean
}>

/**
 * Writes an activity as it will be sent to everybody. A public one gets a proof (FEP-8b32), and then a linked-data signature where
 * others pass it on by that. Done once for an activity, in a worker.
 * @see https://w3id.org/fep/8b32
 */
export async function seal(
  ctx: Ctx,
  actor: Actor,
  activity: object,
  { at, isPublic, isForwarded = false }: Seal,
): Promise<string> {
  const keys = isPublic ? await findLocalKeys(ctx.db, actor.id) : null
  if (!keys) return JSON.stringify(activity)
  const ids = keyIdsOf(iriOfActor(ctx, actor), keys.keyNumber)
  const proven = addProof(activity as Record<string, unknown>, {
    keyId: ids.ed25519,
    privateKey: privateKey(keys.ed25519PrivateKeyPem),
    created: at,
  })
  if (!isForwarded) return JSON.stringify(proven)
  const { signWithLinkedData } = await import('./reference.ts')
  return JSON.stringify(await signWithLinkedData(proven, { keyId: ids.main, privateKeyPem: keys.rsaPrivateKeyPem }, at))
}
