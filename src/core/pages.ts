import type { Readable } from 'node:stream'
import type { Fetcher } from './fetch.ts'

/** A page as it came, or its beginning. */
export type FetchedPage = Readonly<{ url: string; contentType: string; body: Buffer }>

/** Of a page no more than its beginning is read, in bytes: what it says of itself stands there. */
const pageBytes = 1024 * 1024

const deadlineMs = 10_000

/**
 * The beginning of a page of another site, a megabyte at the most.
 * @throws OutboundError
 */
export async function fetchPage(fetcher: Fetcher, url: string): Promise<FetchedPage> {
  const answer = await fetcher.stream(url, {
    accept: 'text/html, application/xhtml+xml;q=0.9',
    maxBytes: 2 * pageBytes,
    deadlineMs,
  })
  return { url: answer.url, contentType: answer.headers['content-type'] ?? '', body: await beginningOf(answer.body) }
}

/** Whether it is HTML. */
export function isHypertext({ contentType }: FetchedPage): boolean {
  return /^(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType.trim())
}

/** Leaving the loop ends the stream and its connection. */
async function beginningOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= pageBytes) break
  }
  return Buffer.concat(chunks).subarray(0, pageBytes)
}
