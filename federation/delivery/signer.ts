import type { Ctx } from '#src/context.ts'
import { findSigner } from '#src/db/deliveries.ts'
import { keyIdsOf } from '../own-keys.ts'
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

/** A key is read again after this: the command line gives actors new ones while the server runs. */
const keepMs = 60_000

/** Actors whose keys are kept in memory. */
const mostKept = 500

/** Makes the store of signers; one for each process. */
export function createSigners(ctx: Pick<Ctx, 'db' | 'uris' | 'now'>): Signers {
  const kept = new Map<string, { signer: Promise<Signer | null>; at: number }>()
  return {
    of: (actorId) => {
      const now = ctx.now().getTime()
      const known = kept.get(actorId)
      const entry = known && now - known.at < keepMs ? known : { signer: load(ctx, actorId), at: now }
      kept.delete(actorId)
      kept.set(actorId, entry)
      const { signer: found } = entry
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
  const keyId = keyIdsOf(row.isInstance ? ctx.uris.instanceActor : ctx.uris.actor(row.handle), row.keyNumber).main
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
