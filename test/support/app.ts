import type { FastifyInstance } from 'fastify'
import { buildApp } from '#src/app.ts'
import type { Config } from '#src/config.ts'
import type { Ctx, Viewer } from '#src/context.ts'
import { findLocalActor } from '#src/features/actors/queries.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'
import { createToken } from '#src/features/oauth/service.ts'
import { openSession } from '#src/features/users/sessions.ts'
import { sessionCookie } from '#src/http/auth.ts'
import type { Clock } from './clock.ts'
import { createTestContext } from './context.ts'
import { watchContract } from './contract.ts'
import { type MadeActor, make } from './make.ts'

/** Somebody whom the app knows, with the headers that say so. */
export type SignedIn<Headers> = Readonly<{ viewer: Viewer; actorId: string; userId: string; headers: Headers }>

/** The whole web process without a port: `app.inject` talks to it. */
export type TestApp = Readonly<{
  app: FastifyInstance
  ctx: Ctx
  clock: Clock
  /** Signs a client in as a local actor, which is made, with an owner, when nobody has the handle yet. */
  signIn(handle: string, scopes?: readonly string[]): Promise<SignedIn<{ authorization: string }> & { token: string }>
  /** The same for a browser. */
  browse(handle: string): Promise<SignedIn<{ cookie: string }>>
  close(): Promise<void>
}>

const everyScope = ['read', 'write', 'follow', 'push']

/** Builds the real app on a database of its own. */
export async function createTestApp(options: { config?: Partial<Config> } = {}): Promise<TestApp> {
  const { ctx, clock, close } = await createTestContext(options)
  await ensureInstanceActor(ctx)
  const app = await buildApp(ctx)
  const broken = watchContract(app)
  const owners = new Map<string, Promise<MadeActor>>()
  const ownerOf = (handle: string) => {
    const known = owners.get(handle) ?? findOrMake(ctx, handle)
    owners.set(handle, known)
    return known
  }
  return {
    app,
    ctx,
    clock,
    signIn: async (handle, scopes = everyScope) => {
      const { viewer } = await ownerOf(handle)
      const { userId, actorId } = viewer
      const { token } = await createToken(ctx, { userId, actorId, scopes, appId: null })
      const headers = { authorization: `Bearer ${token}` }
      return { viewer: { ...viewer, scopes }, userId, actorId, token, headers }
    },
    browse: async (handle) => {
      const { viewer } = await ownerOf(handle)
      const { userId, actorId } = viewer
      const token = await openSession(ctx, { userId, actorId, userAgent: 'test' })
      return { viewer, userId, actorId, headers: { cookie: `${sessionCookie}=${token}` } }
    },
    close: async () => {
      await app.close()
      await close()
      if (broken.length > 0) throw new Error(`not as documented: ${broken.join('\n')}`)
    },
  }
}

async function findOrMake(ctx: Ctx, handle: string): Promise<MadeActor> {
  const existing = await findLocalActor(ctx.db, handle)
  if (!existing) return make.actor(ctx, { handle })
  return { actor: existing, viewer: await make.member(ctx, existing.id, 'owner') }
}
