import type { FastifyInstance } from 'fastify'

/** `/health/live`: the process answers. `/health/ready`: it can also do its work; a load balancer should ask this one. */
export function registerHealth(app: FastifyInstance, checks: { isReady: () => Promise<boolean> }): void {
  const config = { access: 'server', limit: false } as const
  app.get('/health/live', { config }, () => ({ status: 'live' }))
  app.get('/health/ready', { config }, async (_request, reply) => {
    const isReady = await checks.isReady().catch(() => false)
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready' })
  })
}
