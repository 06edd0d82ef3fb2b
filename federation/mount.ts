import type { FastifyInstance } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { registerHostMeta } from './discovery/host-meta.ts'
import { registerNodeInfo } from './discovery/nodeinfo.ts'
import { registerWebFinger } from './discovery/serve-webfinger.ts'
import { createKeyring } from './keys.ts'
import { serveActivities } from './serve/activities.ts'
import { serveActors } from './serve/actors.ts'
import { serveAgreements } from './serve/agreements.ts'
import { serveCollections } from './serve/collections.ts'
import { serveConversations } from './serve/conversations.ts'
import { serveEmojis } from './serve/emojis.ts'
import { serveInboxes } from './serve/inboxes.ts'
import { servePosts } from './serve/posts.ts'
import { serveProducts } from './serve/products.ts'
import { serveQuotes } from './serve/quotes.ts'
import { serveReplyStamps } from './serve/reply-stamps.ts'

/** Adds everything that other servers ask of us. */
export async function mountFederation(app: FastifyInstance, ctx: Ctx): Promise<void> {
  const keyring = createKeyring(ctx)
  registerWebFinger(app, ctx)
  registerHostMeta(app, ctx)
  registerNodeInfo(app, ctx)
  serveActors(app, ctx, keyring)
  servePosts(app, ctx, keyring)
  serveActivities(app, ctx, keyring)
  serveQuotes(app, ctx, keyring)
  serveReplyStamps(app, ctx, keyring)
  serveProducts(app, ctx, keyring)
  serveAgreements(app, ctx, keyring)
  serveEmojis(app, ctx)
  serveCollections(app, ctx, keyring)
  serveConversations(app, ctx, keyring)
  await app.register(async (scope) => serveInboxes(scope, ctx, keyring))
}
