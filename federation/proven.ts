import type { Actor } from '#src/features/actors/queries.ts'
import { isObject, type JsonObject, listOf } from './read/json.ts'
import { readMultikey } from './signatures/keys.ts'
import { verifyProof } from './signatures/proof.ts'

/** The id of the key that a document names as the one that proves it; null when it has no proof. Nothing is verified. */
export function provenKeyOf({ proof }: JsonObject): string | null {
  const [first] = listOf(proof)
  const keyId = isObject(first) ? first.verificationMethod : null
  return typeof keyId === 'string' ? keyId : null
}

/** An activity that was worked off is known again for seven days (`workers/housekeeping.ts`). */
const mostAgeMs = 6 * 24 * 3_600_000

/**
 * Whether an actor said a document, whoever brought it: it carries an object proof by a key that the actor's own document lists. What was said
 * long ago anybody may have kept, to say it once more after it was taken back: it proves nothing any more, and its server is asked.
 * @param document as it came, before any other reading of it
 * @see https://w3id.org/fep/8b32
 */
export async function isProvenBy(actor: Actor, document: JsonObject, now: Date): Promise<boolean> {
  if (actor.deletedAt || actor.suspendedAt) return false
  const keyOf = async (keyId: string) => {
    const listed = actor.assertionKeys.find(({ id }) => id === keyId)
    return listed ? readMultikey(listed.multibase) : null
  }
  const outcome = await verifyProof(document, keyOf, now)
  return outcome.ok && outcome.createdAt.getTime() > now.getTime() - mostAgeMs
}
