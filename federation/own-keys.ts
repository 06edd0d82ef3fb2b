import type { LocalKeys } from '#src/features/actors/key-queries.ts'
import { privateKey, publicKey, toMultikey } from './signatures/keys.ts'

/** The ids of the keys of an actor of ours: of its first, its second and so on. A key never changes under its id, since others keep it. */
export function keyIdsOf(actorIri: string, number: number): { main: string; ed25519: string } {
  const end = number === 1 ? '' : `-${number}`
  return { main: `${actorIri}#main-key${end}`, ed25519: `${actorIri}#ed25519-key${end}` }
}

/**
 * The keys as the document of an actor of ours lists them: those it signs with first, since many read no others, then those before them, for
 * as long as what they have signed may be on its way.
 * @see https://w3id.org/fep/521a
 */
export function toKeyParts(id: string, keys: LocalKeys, now: Date): { publicKey: object; assertionMethod: object[] } {
  const former = keys.formerKeys.filter(({ until }) => new Date(until) > now).toReversed()
  const listed = [{ ...keys, number: keys.keyNumber }, ...former]
  const pems = listed.map(({ number, rsaPublicKeyPem: publicKeyPem }) => ({
    id: keyIdsOf(id, number).main,
    owner: id,
    publicKeyPem,
  }))
  const multikeys = listed.map(({ number, ...pem }) => {
    const key =
      'ed25519PrivateKeyPem' in pem ? privateKey(pem.ed25519PrivateKeyPem) : publicKey(pem.ed25519PublicKeyPem)
    if (!key) throw new Error(`the key ${number} of ${id} cannot be read`)
    return { id: keyIdsOf(id, number).ed25519, type: 'Multikey', controller: id, publicKeyMultibase: toMultikey(key) }
  })
  const [only, ...others] = pems
  return { publicKey: only && others.length === 0 ? only : pems, assertionMethod: multikeys }
}
