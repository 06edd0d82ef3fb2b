import type { Ctx } from '#src/context.ts'
import { findSigner } from '#src/db/deliveries.ts'
import { signCavage } from '../signatures/cavage.ts'
import { digestOf } from '../signatures/digest.ts'
import { privateKey } from '../signatures/keys.ts'
import { signRfc9421 } from '../signatures/rfc9421.ts'
import type { Scheme } from './health.ts'

/** A request to be signed; `body` is absent for a GET. `others`: headers that go along, in lower case. */
export type Unsigned = Readonly<{
  scheme: Scheme
  url: string
  body?: Buffer
  others?: Readonly<Record<string, string>>
  now: Date
}>

/** Signs requests in the name of one actor. */
export type Signer = Readonly<{
  keyId: string
  /** @returns the headers that prove who sends (signature, date, digest), and the others */
  sign(request: Unsigned): Promise<Record<string, string>>
}>

/** Finds signers and keeps them, since a key is read from the database and parsed only once. */
export type Signers = Readonly<{ of(actorId: string): Promise<Signer | null> }>

/** Actors whose keys are kept in memory. */
const mostKept = 500

/** Makes the store of signers; one for each process. */
export function createSigners(ctx: Pick<Ctx, 'db' | 'uris'>): Signers {
  const kept = new Map<string, Promise<Signer | null>>()
  return {
    of: (actorId) => {
      const found = kept.get(actorId) ?? load(ctx, actorId)
      kept.delete(actorId)
      kept.set(actorId, found)
      // Neither an absence nor a failure is remembered: the actor may be made a moment later.
      found.then((signer) => signer ?? kept.delete(actorId)).catch(() => kept.delete(actorId))
      const oldest = kept.keys().next().value
      if (kept.size > mostKept && oldest) kept.delete(oldest)
      return found
    },
  }
}

async function load(ctx: Pick<Ctx, 'db' | 'uris'>, actorId: string): Promise<Signer | null> {
  const row = await findSigner(ctx.db, actorId)
  if (!row) return null
  const key = privateKey(row.privateKeyPem)
  const keyId = row.isInstance ? `${ctx.uris.instanceActor}#main-key` : ctx.uris.mainKey(row.handle)
  return {
    keyId,
    sign: ({ scheme, url, body, others = {}, now }) => {
      const request = {
        method: body ? 'POST' : 'GET',
        url,
        keyId,
        key,
        now,
        others,
        ...(body ? { digest: digestOf(body) } : {}),
      } as const
      return scheme === 'cavage' ? signCavage(request) : signRfc9421(request)
    },
  }
}
