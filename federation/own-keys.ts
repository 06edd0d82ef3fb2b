import type { FormerKey } from '#src/db/schema/actors.ts'
import type { LocalKeys } from '#src/features/actors/key-queries.ts'
import { publicKey, toMultikey } from './signatures/keys.ts'

/** The ids of the keys of an actor of ours: of its first, its second and so on. A key never changes under its id, since others keep it. */
export function keyIdsOf(actorIri: string, number: number): { main: string; ed25519: string } {
  const end = number === 1 ? '' : `-${number}`
  return { main: `${actorIri}#main-key${end}`, ed25519: `${actorIri}#ed25519-key${end}` }
}

/**
 * The keys as the document of an actor of ours lists them. Requests are signed anew at each try, so only the present key signs them; Misskey,
 * PeerTube and Lemmy refuse an actor whose `publicKey` is a list. What was proven with a former key is still on its way for a while.
 * @see https://w3id.org/fep/521a
 */
export function toKeyParts(id: string, keys: LocalKeys, now: Date): { publicKey: object; assertionMethod: object[] } {
  const { keyNumber, rsaPublicKeyPem, ed25519PublicKeyPem } = keys
  const former = keys.formerKeys.filter(({ until }) => new Date(until) > now).toReversed()
  const proving = [{ number: keyNumber, ed25519PublicKeyPem }, ...former]
  return {
    publicKey: { id: keyIdsOf(id, keyNumber).main, owner: id, publicKeyPem: rsaPublicKeyPem },
    assertionMethod: proving.map((key) => toAssertionMethod(id, key)),
  }
}

function toAssertionMethod(
  id: string,
  { number, ed25519PublicKeyPem }: Pick<FormerKey, 'number' | 'ed25519PublicKeyPem'>,
) {
  const key = publicKey(ed25519PublicKeyPem)
  if (!key) throw new Error(`the key ${number} of ${id} cannot be read`)
  return { id: keyIdsOf(id, number).ed25519, type: 'Multikey', controller: id, publicKeyMultibase: toMultikey(key) }
}
