import type { FastifyInstance } from 'fastify'

/** What came back. `body` is parsed JSON. */
export type Answer = Readonly<{ status: number; body: Json; headers: Record<string, unknown> }>

/** Parsed JSON, loosely: tests say what they expect of it. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it asserts on, and a wrong guess fails it
export type Json = any

/** Talks to an app as a client program does. */
export type Client = Readonly<{
  get(path: string): Promise<Answer>
  post(path: string, body?: object, headers?: Record<string, string>): Promise<Answer>
  put(path: string, body?: object): Promise<Answer>
  patch(path: string, body?: object): Promise<Answer>
  delete(path: string): Promise<Answer>
  /** A body as a form sends it. */
  form(method: 'POST' | 'PUT' | 'DELETE', path: string, fields: readonly (readonly [string, string])[]): Promise<Answer>
  /** A body as `multipart/form-data`. */
  multipart(method: 'POST' | 'PUT', path: string, fields: readonly (readonly [string, string])[]): Promise<Answer>
}>

type Send = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object | string,
  more?: Record<string, string>,
) => Promise<Answer>

/** A client that sends these headers with everything; none: somebody whom the server does not know. */
export function createClient(app: FastifyInstance, headers: Record<string, string> = {}): Client {
  return toClient(async (method, url, payload, more = {}) => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...headers, ...more },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json(), headers: answer.headers }
  })
}

/** The same over HTTP, to an instance that listens. */
export function createWebClient(origin: string, headers: Record<string, string> = {}): Client {
  return toClient(async (method, path, payload, more = {}) => {
    const isJson = typeof payload === 'object'
    const answer = await fetch(origin + path, {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(isJson ? { 'content-type': 'application/json' } : {}), ...more },
      ...(payload === undefined ? {} : { body: isJson ? JSON.stringify(payload) : payload }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      body: text === '' ? null : JSON.parse(text),
      headers: Object.fromEntries(answer.headers),
    }
  })
}

function toClient(send: Send): Client {
  return {
    get: (path) => send('GET', path),
    post: (path, body = {}, more = {}) => send('POST', path, body, more),
    put: (path, body = {}) => send('PUT', path, body),
    patch: (path, body = {}) => send('PATCH', path, body),
    delete: (path) => send('DELETE', path),
    form: (method, path, fields) =>
      send(method, path, new URLSearchParams(fields.map(([name, value]) => [name, value])).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    multipart: (method, path, fields) => {
      const boundary = 'a-boundary-that-is-in-no-field'
      const parts = fields.map(
        ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      )
      return send(method, path, `${parts.join('')}--${boundary}--\r\n`, {
        'content-type': `multipart/form-data; boundary=${boundary}`,
      })
    },
  }
}

/** The ids of a list that an API answers with. */
export function idsOf(answer: Answer): string[] {
  return answer.body.map(({ id }: { id: string }) => id)
}
