import { isObject, type JsonObject, listOf, type Refused } from './json.ts'
import { idOf, iriOf } from './values.ts'

/** A public key in PEM, as signatures of HTTP requests use it. `owner` is a claim until the owner's document lists the key. */
export type PublicKey = Readonly<{ id: string; owner: string; pem: string }>

/** A public key in Multibase, as object proofs use it. @see https://w3id.org/fep/521a */
export type AssertionKey = Readonly<{ id: string; controller: string; multibase: string }>

/** The key that a document at a key's address gives: exactly one of `pem` and `multibase` is set. */
export type KeyDocument = Readonly<{ keyId: string; owner: string; pem: string | null; multibase: string | null }>

const maxKeys = 8

/** An RSA key of 16,384 bits is 2.8 kB in PEM. */
const maxKeyLength = 8192

/** PEM has lines, Multibase none, and neither has anything but ASCII: PostgreSQL keeps no NUL. */
const keyShape = /^[\t\n\r\x20-\x7e]+$/

/** The PEM keys of an actor's document; those without an id or an owner are left out. */
export function readPublicKeys(actor: JsonObject): PublicKey[] {
  return listOf(actor.publicKey)
    .slice(0, maxKeys)
    .flatMap((key) => readPublicKey(key) ?? [])
}

/** The Multibase keys of an actor's document, for proofs of objects. Keys that are only referred to are left out. */
export function readAssertionKeys(actor: JsonObject): AssertionKey[] {
  // Fedify 2.3 compacts the name only half when it embeds an actor.
  const keys = actor.assertionMethod ?? actor['sec:assertionMethod']
  return listOf(keys)
    .slice(0, maxKeys)
    .flatMap((key) => readAssertionKey(key) ?? [])
}

/**
 * The key at `keyId`, from whatever document is served there: the actor, a stub with little more than the key (GoToSocial 0.20),
 * the bare key (Takahē and others), a Multikey. Where the address is the actor's own, its first key is meant. The owner is a claim:
 * the caller asks the owner's document whether it lists this key.
 */
export function readKeyDocument(json: JsonObject, keyId: string): KeyDocument | Refused {
  const keys = keysOf(json)
  const key = keys.find((candidate) => candidate.keyId === keyId) ?? (json.id === keyId ? keys[0] : undefined)
  if (key !== undefined) return key
  return { refused: keys.length === 0 ? 'no-key' : 'other-key' }
}

function keysOf(json: JsonObject): KeyDocument[] {
  const pems = [...readPublicKeys(json), readPublicKey(json)].filter((key) => key !== null)
  const multikeys = [...readAssertionKeys(json), readAssertionKey(json)].filter((key) => key !== null)
  return [
    ...pems.map(({ id, owner, pem }) => ({ keyId: id, owner, pem, multibase: null })),
    ...multikeys.map(({ id, controller, multibase }) => ({ keyId: id, owner: controller, pem: null, multibase })),
  ]
}

function readPublicKey(value: unknown): PublicKey | null {
  if (!isObject(value)) return null
  const id = iriOf(value.id)
  const owner = idOf(value.owner ?? value.controller)
  const pem = keyText(value.publicKeyPem)
  return id === null || owner === null || pem === null ? null : { id, owner, pem }
}

function readAssertionKey(value: unknown): AssertionKey | null {
  if (!isObject(value)) return null
  const id = iriOf(value.id)
  const controller = idOf(value.controller)
  const multibase = keyText(value.publicKeyMultibase)
  return id === null || controller === null || multibase === null ? null : { id, controller, multibase }
}

function keyText(value: unknown): string | null {
  return typeof value === 'string' && value.length <= maxKeyLength && keyShape.test(value) ? value : null
}
