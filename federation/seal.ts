import type { Ctx } from '#src/context.ts'
import { type Actor, findLocalKeys } from '#src/features/actors/queries.ts'
import { iriOfActor } from './actors.ts'
import { privateKey } from './signatures/keys.ts'
import { addProof } from './signatures/proof.ts'

/** What an activity needs besides the signature of the request. */
export type Seal = Readonly<{
  /** The moment of its fact: sealing again gives the same bytes. */
  at: Date
  /** Public activities may be passed on by others, and prove by themselves who said them (FEP-8b32). */
  isPublic: boolean
  /** Mastodon passes on replies by their linked-data signature; nothing else needs one, and it costs as much as the rest together. */
  isForwarded?: boolean
}>

/**
 * Writes an activity as it will be sent to everybody.
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
  const id = iriOfActor(ctx, actor)
  const proven = addProof(activity as Record<string, unknown>, {
    keyId: `${id}#ed25519-key`,
    privateKey: privateKey(keys.ed25519PrivateKeyPem),
    created: at,
  })
  if (!isForwarded) return JSON.stringify(proven)
  const { signWithLinkedData } = await import('./reference.ts')
  return JSON.stringify(
    await signWithLinkedData(proven, { keyId: `${id}#main-key`, privateKeyPem: keys.rsaPrivateKeyPem }, at),
  )
}
