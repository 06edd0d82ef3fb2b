import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { createBatcher } from '#src/core/batch.ts'
import { type Received, storeReceived } from '#src/db/inbox.ts'
import { findLocalActor } from '#src/features/actors/queries.ts'
import { countedAddress } from '#src/http/address.ts'
import { admit } from '../gate.ts'
import type { Keyring } from '../keys.ts'
import { lookupsOf } from '../known.ts'
import { createFloodGuard } from './flood.ts'
import { createHeard } from './heard.ts'
import { createHold } from './pace.ts'
import { createShares, type Shares } from './shares.ts'

/** `seconds`: after which it may be tried again. */
type Answer = Readonly<{ status: number; seconds?: number; error?: string }>

const config = { access: 'server', limit: false } as const

/**
 * The inboxes. What passes the gate is stored before it is acknowledged, all that come at once in one statement; what it says is done by
 * workers. The answer tells nothing of what will come of it.
 */
export function serveInboxes(scope: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  // The signature is over the bytes: nothing may touch them before the gate has seen them.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const intake = createIntake(ctx, keyring)
  const { guard } = intake
  const { hold, close } = createHold(ctx)
  scope.addHook('onClose', close)
  const receive = async (request: FastifyRequest, reply: FastifyReply, recipientId: string | null) => {
    const address = countedAddress(request.ip)
    const wait = guard.waitFor(address)
    if (wait) {
      request.log.debug({ ...wait }, 'an activity was turned away unread')
      return reply.code(wait.status).header('retry-after', wait.seconds).send({ error: sentences[wait.status] })
    }
    const { status, seconds, error } = await guard.run(address, () => look(intake, request, { address, recipientId }))
    // What only waits is not under way: nobody else is turned away for it.
    if (status === 202) await hold()
    if (seconds) reply.header('retry-after', seconds)
    return reply.code(status).send(error && { error })
  }
  scope.post('/inbox', { config }, (request, reply) => receive(request, reply, null))
  scope.post('/actor/inbox', { config }, (request, reply) => receive(request, reply, null))
  scope.post<{ Params: { handle: string } }>('/users/:handle/inbox', { config }, async (request, reply) => {
    const actor = await findLocalActor(ctx.db, request.params.handle)
    if (!actor) return reply.code(404).send({ error: 'There is no such inbox' })
    if (actor.deletedAt) return reply.code(410).send({ error: 'This inbox is closed' })
    return receive(request, reply, actor.id)
  })
}

type Intake = ReturnType<typeof createIntake>

/** What all requests to the inboxes share. */
function createIntake(ctx: Ctx, keyring: Keyring) {
  return {
    ...{ ctx, keyring },
    store: createBatcher<Received>((items) => storeReceived(ctx.db, items)),
    guard: createFloodGuard(() => performance.now()),
    shares: createShares(() => performance.now()),
    heard: createHeard(ctx),
  }
}

type From = Readonly<{ address: string; recipientId: string | null }>

async function look(
  { ctx, keyring, store, guard, shares, heard }: Intake,
  request: FastifyRequest,
  from: From,
): Promise<Answer> {
  const { url: path, headers } = request
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const admission = await admit(ctx, keyring, { path, headers, body, ...from })
  if ('received' in admission) {
    const { signerIri, actorIri } = admission.received
    const seconds = await waitOf(ctx, shares, signerIri ?? actorIri, body.length)
    if (seconds !== null) return { status: 429, seconds, error: tooMuch }
    await Promise.all([store.add(admission.received), heard(admission.received)])
    if (isUnsigned(admission.received)) guard.refused(from.address)
    return { status: 202 }
  }
  const { status, reason } = admission
  request.log.info({ status, reason }, 'an activity was not let in')
  if (status === 400 || status === 401) guard.refused(from.address)
  return status === 202 ? { status } : { status, error: sentences[status] }
}

/** A relay passes on what many say. */
async function waitOf(ctx: Ctx, shares: Shares, iri: string, bytes: number): Promise<number | null> {
  const seconds = shares.take(iri, bytes)
  return seconds !== null && (await lookupsOf(ctx).relay(iri)) ? null : seconds
}

const tooMuch = 'This is more than this server takes from yours in a minute'

/** A farewell that no key proves may have been sent by anybody, and cost as much as what is refused: it counts like that. */
function isUnsigned({ authority, signerIri }: Received): boolean {
  return authority === 'none' && signerIri === null
}

/** Whether it was the digest, the key or the clock stays between us and our log. */
const sentences = {
  400: 'The activity cannot be read',
  401: 'The signature does not prove who sent this',
  403: 'This server does not speak with yours',
  415: 'Send application/activity+json',
  429: 'Too many activities from your address could not be verified',
  503: 'This server has too much to do; try again in a moment',
} as const
