import type { Dispatcher } from 'undici'
import { tooLarge } from './body.ts'
import { OutboundError } from './error.ts'

/** What one request of a library may cost. */
export type GlobalLimits = Readonly<{ deadlineMs: number; maxBytes: number }>

/**
 * Puts limits on the requests that libraries make through the global `fetch`, which has none. Compressed answers are neither asked for
 * nor taken, since `fetch` unpacks them out of our sight and without a bound.
 */
export function limitDispatch(limits: GlobalLimits): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (request, handler) =>
    dispatch({ ...request, headers: uncompressed(request.headers) }, limitHandler(handler, limits))
}

type Headers = Dispatcher.DispatchOptions['headers']
type Pair = [string, string | string[] | undefined]

function uncompressed(headers: Headers): Map<string, Pair[1]> {
  const kept = pairsOf(headers).filter(([name]) => name.toLowerCase() !== 'accept-encoding')
  return new Map([...kept, ['accept-encoding', 'identity'] satisfies Pair])
}

function pairsOf(headers: Headers): Pair[] {
  if (!headers) return []
  if (Array.isArray(headers)) {
    return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]] satisfies Pair] : []))
  }
  if (Symbol.iterator in headers) return [...(headers as Iterable<Pair>)]
  return Object.entries(headers).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value])
}

function limitHandler(handler: Dispatcher.DispatchHandler, limits: GlobalLimits): Dispatcher.DispatchHandler {
  let timer: NodeJS.Timeout | undefined
  let size = 0
  const expired = new OutboundError('timeout', `No complete answer within ${limits.deadlineMs} ms`)
  return {
    onRequestStart(controller, context) {
      clearTimeout(timer)
      timer = setTimeout(() => controller.abort(expired), limits.deadlineMs)
      handler.onRequestStart?.(controller, context)
    },
    onResponseStart(controller, status, headers, message) {
      const encoding = headers['content-encoding'] ?? 'identity'
      if (encoding !== 'identity') {
        return controller.abort(
          new OutboundError('bad-response', `The answer is compressed (${encoding}) though nobody asked for it`),
        )
      }
      handler.onResponseStart?.(controller, status, headers, message)
    },
    onResponseData(controller, chunk) {
      size += chunk.length
      if (size > limits.maxBytes) return controller.abort(tooLarge(limits.maxBytes))
      handler.onResponseData?.(controller, chunk)
    },
    onResponseEnd(controller, trailers) {
      clearTimeout(timer)
      handler.onResponseEnd?.(controller, trailers)
    },
    onResponseError(controller, error) {
      clearTimeout(timer)
      handler.onResponseError?.(controller, error)
    },
    onRequestUpgrade(controller, status, headers, socket) {
      clearTimeout(timer)
      handler.onRequestUpgrade?.(controller, status, headers, socket)
    },
    onResponseStarted: () => handler.onResponseStarted?.(),
    onBodySent: (chunk) => handler.onBodySent?.(chunk),
    onRequestSent: () => handler.onRequestSent?.(),
  }
}
