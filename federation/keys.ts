import type { KeyObject } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { siteOf } from '#src/core/site.ts'
import { sqlState } from '#src/db/client.ts'
import { unavailable } from '#src/errors.ts'
import { type Actor, findActorByFurtherKey, findActorByIri, findActorByKeyId } from '#src/features/actors/queries.ts'
import { isHostBlocked } from '#src/features/blocks/service.ts'
import { refreshActor, storeActorDocument } from './actors.ts'
import { type Costs, withBudget } from './budget.ts'
import { fetchOnce } from './documents.ts'
import { isSameOrigin } from './origin.ts'
import { createPlaces } from './places.ts'
import { isRefused } from './read/json.ts'
import { readKeyDocument } from './read/keys.ts'
import { iriOf } from './read/values.ts'
import { publicKey, readMultikey } from './signatures/keys.ts'

/** A key with the actor whose document lists it. */
export type OwnedKey = Readonly<{ key: KeyObject; owner: Actor }>

/** An owner's document is read again because of a wrong signature at most this often. */
const refreshAgainMs = 5 * 60_000

/** A key that could not be had is not asked for again before this. */
const forgetFailureMs = 60_000

/** What one key may cost: its document, and that of its owner with what hangs on it. */
const mostForKey: Costs = { requests: 10, ms: 20_000, bytes: 4_000_000 }

/**
 * How many may wait at once for keys that other servers are asked for: of one address, for keys of one site, and in all. An inbox takes 500 at
 * once, so that there is always room for those whose key is stored.
 */
const mostWaiting = { address: 100, site: 100, all: 300 }

/** How many of each are remembered: they come from strangers. */
const mostRemembered = 5_000

/** A key is taken from memory for this long; then the database is asked whether its owner is still welcome. */
const keepMs = 30_000

/**
 * Finds keys of remote actors: from the database when the actor is known, else from its server, once for all who ask at the same time.
 * One for each process.
 */
export type Keyring = Readonly<{
  /**
   * @param address from where comes what is to be verified, as requests are counted
   * @throws Problem `unavailable` while too many wait for keys
   */
  find(keyId: string, address: string): Promise<OwnedKey | null>
  /** The key after its owner's document was read again, or as it was read a moment ago. Throws like `find`. */
  refresh(keyId: string, owner: Actor, address: string): Promise<OwnedKey | null>
}>

/** Makes the keyring of a process. */
export function createKeyring(ctx: Ctx): Keyring {
  const { running, once } = createFetches()
  const failures = new Map<string, number>()
  const refreshed = new Map<string, number>()
  const kept = new Map<string, { owned: OwnedKey; at: number }>()
  const keep = (keyId: string, owned: OwnedKey | null) => {
    if (owned) remember(kept, keyId, { owned, at: ctx.now().getTime() })
    else kept.delete(keyId)
    return owned
  }
  const learn = async (keyId: string) => {
    const failedAt = failures.get(keyId) ?? 0
    if (ctx.now().getTime() - failedAt < forgetFailureMs) return null
    const found = await unlessUnreachable(ctx, keyId, (bounded) => fetchKey(bounded, keyId))
    if (!found) remember(failures, keyId, ctx.now().getTime())
    return found
  }
  return {
    find: async (keyId, address) => {
      // Nobody but ourselves signs with a key of ours, and we have nothing to tell us.
      if (iriOf(keyId) === null || isSameOrigin(keyId, ctx.uris.publicUrl)) return null
      const known = kept.get(keyId)
      if (known && ctx.now().getTime() - known.at < keepMs) return known.owned
      const stored = await findStored(ctx, keyId)
      return keep(keyId, stored ?? (await once(keyId, address, () => learn(keyId))))
    },
    refresh: async (keyId, owner, address) => {
      const other = running(keyId)
      if (other) return once(keyId, address, () => other)
      const last = refreshed.get(owner.id) ?? 0
      // Who read the old key while the new one was on its way finds it now.
      if (ctx.now().getTime() - last < refreshAgainMs) return keep(keyId, await findStored(ctx, keyId))
      return once(keyId, address, async () => {
        remember(refreshed, owner.id, ctx.now().getTime())
        const { iri } = owner
        const actor = iri ? await unlessUnreachable(ctx, keyId, (bounded) => refreshActor(bounded, iri)) : null
        return keep(keyId, actor && keyOf(actor, keyId))
      })
    },
  }
}

/** The fetches under way, each for all who wait for it, and how many those are. */
function createFetches() {
  const underWay = new Map<string, Promise<OwnedKey | null>>()
  const places = createPlaces()
  const start = (keyId: string, work: () => Promise<OwnedKey | null>) => {
    const started = work().finally(() => underWay.delete(keyId))
    underWay.set(keyId, started)
    return started
  }
  return {
    running: (keyId: string) => underWay.get(keyId),
    once: async (keyId: string, address: string, work: () => Promise<OwnedKey | null>) => {
      const site = `site ${siteOf(new URL(keyId).host)}`
      const isFull = places.of(address) >= mostWaiting.address || places.of(site) >= mostWaiting.site
      if (isFull || places.all() >= mostWaiting.all) throw unavailable()
      return places.hold([address, site], () => underWay.get(keyId) ?? start(keyId, work))
    },
  }
}

/** PostgreSQL cannot keep a value, or not one so large: what a stranger's document says is never a fault of ours. */
const unstorable = /^(22|54)/

/** A key whose server does not answer, or whose document cannot be kept, is not there for now: whoever used it will try again. */
async function unlessUnreachable<T>(
  ctx: Ctx,
  keyId: string,
  fetchIt: (bounded: Ctx) => Promise<T | null>,
): Promise<T | null> {
  try {
    return await withBudget(ctx, mostForKey, (budget) => fetchIt(budget.ctx))
  } catch (error) {
    if (!(error instanceof OutboundError || unstorable.test(sqlState(error)))) throw error
    ctx.log.info({ keyId, err: error }, 'a key could not be fetched')
    return null
  }
}

/** Keeps the newest entries: the map forgets what was put in first. */
function remember<T>(map: Map<string, T>, name: string, value: T): void {
  map.delete(name)
  map.set(name, value)
  const oldest = map.keys().next().value
  if (map.size > mostRemembered && oldest) map.delete(oldest)
}

async function findStored(ctx: Ctx, keyId: string): Promise<OwnedKey | null> {
  const owner =
    (await findActorByKeyId(ctx.db, keyId)) ??
    (await findActorByIri(ctx.db, keyId.replace(/#.*$/, ''))) ??
    (await findActorByFurtherKey(ctx.db, keyId))
  return owner && keyOf(owner, keyId)
}

/** The key by that id among those that the actor's own document lists. */
function keyOf(owner: Actor, keyId: string): OwnedKey | null {
  if (owner.deletedAt || owner.suspendedAt) return null
  // GoToSocial and others name the actor itself.
  const isMain = owner.publicKeyId === keyId || owner.iri === keyId
  const pem = isMain ? owner.publicKeyPem : owner.furtherKeys.find(({ id }) => id === keyId)?.pem
  const multikey = owner.assertionKeys.find(({ id }) => id === keyId)
  const key = pem ? publicKey(pem) : multikey ? readMultikey(multikey.multibase) : null
  return key && { key, owner }
}

/** A key document names its owner; only the owner's own document can confirm that. */
async function fetchKey(ctx: Ctx, keyId: string): Promise<OwnedKey | null> {
  if (await isHostBlocked(ctx.db, new URL(keyId).host)) return null
  const fetched = await fetchOnce(ctx, keyId)
  if (isRefused(fetched)) return null
  const { document, finalUrl } = fetched
  const claimed = readKeyDocument(document, keyId)
  if (isRefused(claimed) || new URL(claimed.owner).origin !== new URL(keyId).origin) return null
  // Most keys stand in the document of their owner, and then this is it.
  const isOwn = document.id === claimed.owner && finalUrl === claimed.owner
  const owner = isOwn ? await storeActorDocument(ctx, document) : await refreshActor(ctx, claimed.owner)
  return owner && keyOf(owner, keyId)
}
