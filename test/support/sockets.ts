import { expect } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import type { Json } from './client.ts'
import { eventually } from './eventually.ts'

/** Something that was said on a stream, its payload parsed. */
export type Said = { stream: string[]; event: string; payload: Json }

/** A client on a socket, with everything that it has heard. */
export type Listener = Readonly<{
  socket: WebSocket
  heard: Said[]
  /** What the server found wrong. */
  problems: Json[]
  /** Says something, and waits until the server has done it. */
  say(message: object): Promise<void>
  /** The code with which the socket was closed; null while it is open. */
  ended(): number | null
  close(): void
}>

/** How a socket is opened. `path` is what follows the address of streams. */
export type Opening = Readonly<{ path?: string; protocol?: string; headers?: ClientOptions['headers'] }>

/** Opens a socket at an instance. @throws Error with the status of the answer when it is refused */
export async function connect(url: string, { path = '', protocol, headers }: Opening = {}): Promise<Listener> {
  const address = `${url.replace('http', 'ws')}/api/v1/streaming${path}`
  const socket = new WebSocket(address, protocol ? [protocol] : [], headers ? { headers } : {})
  const heard: Said[] = []
  const problems: Json[] = []
  let ended: number | null = null
  socket.on('message', (data) => {
    const message = JSON.parse(String(data))
    if (message.error) problems.push(message)
    else heard.push({ ...message, ...('payload' in message ? { payload: parse(message.payload) } : {}) })
  })
  socket.on('close', (code) => {
    ended = code
  })
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('unexpected-response', (_request, response) => reject(new Error(`refused: ${response.statusCode}`)))
    socket.on('error', reject)
  })
  const say = async (message: object) => {
    socket.send(JSON.stringify(message))
    // The answer to nonsense comes after what was said before it.

    socket.send(JSON.stringify({ type: 'sing' }))
    const isAnswer = ({ error }: Json) => String(error).startsWith('The type must be')
    const before = problems.filter(isAnswer).length
    await eventually(() => expect(problems.filter(isAnswer).length).toBeGreaterThan(before))
    problems.splice(problems.findLastIndex(isAnswer), 1)
  }
  return { socket, heard, problems, say, ended: () => ended, close: () => socket.terminate() }
}

const parse = (payload: string): Json => (payload.startsWith('{') ? JSON.parse(payload) : payload)

/** Opens a socket with a stream on it. */
export async function listen(url: string, token: string, stream: object): Promise<Listener> {
  const one = await connect(url, { path: `?access_token=${token}` })
  await one.say({ type: 'subscribe', ...stream })
  return one
}

/** What was heard, in short. */
export function inShort(heard: readonly Said[]): [string, string][] {
  return heard.map(({ event, payload }) => [event, payload?.id ?? payload])
}
