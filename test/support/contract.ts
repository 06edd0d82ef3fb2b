import type { FastifyInstance } from 'fastify'
import { shapeOf } from '#src/features/reference/openapi.ts'
import { methods } from '#src/features/reference/sections.ts'

/**
 * Reads every successful answer of the client API against what the documentation says of it, whatever a test asks for.
 * @returns what differs, which grows as requests are answered
 */
export function watchContract(app: FastifyInstance): readonly string[] {
  const broken: string[] = []
  app.addHook('onSend', async (request, reply, payload) => {
    const { url, config } = request.routeOptions
    const name = `${request.method} ${url}`
    const method = methods[name]
    const isJson = String(reply.getHeader('content-type')).startsWith('application/json')
    if (!method || reply.statusCode >= 300 || !isJson || typeof payload !== 'string') return
    const parsed = shapeOf(method.returns, config.access)?.safeParse(JSON.parse(payload))
    if (parsed?.success === false)
      broken.push(`${name} (${request.url}): ${parsed.error.message} in ${payload.slice(0, 500)}`)
  })
  return broken
}
