import type { Redis } from 'ioredis'
import { type Streams, streamChannel } from './streams.ts'

type Log = Readonly<{ warn(fields: object, message: string): void }>

const channel = `entremise:${streamChannel}`

/** Streams by Redis or Valkey. Connections are opened when they are needed. */
export function createRedisStreams(url: string, log: Log): Streams {
  const connections = new Set<Redis>()
  const open = async (options: { maxRetriesPerRequest: number | null }) => {
    // Most instances have no Redis, and its client takes 8 MB.
    const client = await import('ioredis')
    const redis = new client.Redis(url, options)
    redis.on('error', (error: unknown) => log.warn({ err: error }, 'Redis does not answer the streams'))
    connections.add(redis)
    return redis
  }
  let speaker: Promise<Redis> | null = null
  return {
    publish: async (events) => {
      if (events.length === 0) return
      // A publisher that waits for Redis would hold up what has nothing to do with streams.
      speaker ??= open({ maxRetriesPerRequest: 1 })
      const pipeline = (await speaker).pipeline()
      for (const event of events) pipeline.publish(channel, JSON.stringify(event))
      await pipeline.exec().catch((error: unknown) => log.warn({ err: error }, 'clients were not told of what is new'))
    },
    listen: async (hear) => {
      const listener = await open({ maxRetriesPerRequest: null })
      listener.on('message', (_channel, text) => hear(JSON.parse(text)))
      await listener.subscribe(channel)
      return async () => {
        connections.delete(listener)
        listener.disconnect()
      }
    },
    close: async () => {
      for (const connection of connections) connection.disconnect()
      connections.clear()
    },
  }
}
