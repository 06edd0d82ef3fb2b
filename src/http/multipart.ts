import { PassThrough, type Readable } from 'node:stream'
import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { invalid, tooLarge } from '#src/errors.ts'
import { queryFields } from './bodies.ts'
import { expandFields } from './form.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route reads from a form by itself, since files come with it: its fields, and the names of the files. */
    form?: Readonly<{ fields: z.ZodType; files: readonly string[]; isFileNeeded?: boolean }>
  }
}

/** Bytes of a file at the most. */
const fileSize = 16_777_216

/** A file that is too large does not end the reading of a form; see `readForm`. */
const toTheEnd = { limits: { fileSize }, throwFileSizeLimit: false } as const

/** Lets routes read `multipart/form-data`. Files are streams: a route that takes them says how large they may be. */
export async function useMultipart(app: FastifyInstance): Promise<void> {
  await app.register(multipart, {
    limits: {
      fieldNameSize: 200,
      fieldSize: 100_000,
      fields: 200,
      files: 20,
      parts: 220,
      // Above what a picture may have: the storage counts and says so, while this limit would end the stream without a word.
      fileSize: 20_971_520,
      headerPairs: 50,
    },
  })
}

/**
 * A `preValidation` step for routes that take fields but no files: the fields of a multipart body become the body that the same form
 * would have had as `application/x-www-form-urlencoded`.
 * @throws Problem `invalid` when a file comes along
 */
export async function acceptFields(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart()) return
  const fields: [string, string][] = []
  let hasFile = false
  for await (const part of request.parts()) {
    if (part.type === 'field') fields.push([part.fieldname, String(part.value)])
    else {
      // An unread file would hold the request open for ever.
      part.file.resume()
      hasFile = true
    }
  }
  if (hasFile) throw invalid('No file is expected here')
  request.body = { ...queryFields(request), ...expandFields(fields) }
}

/** A file of a form while it comes. */
export type FormFile = Readonly<{ field: string; filename: string; stream: Readable }>

/**
 * Reads a form of a page in the order in which its parts come. Files are handed on as streams, and file inputs that were left empty
 * passed by. A file that is too large, or that `take` leaves unread, ends nothing but itself: the rest of the form is read all the same,
 * so that nothing of what was typed is lost.
 * @param take its stream fails with the Problem `too_large` when the file passes the limit
 * @returns the fields, also of a form that was sent without files
 * @throws Problem `too_large` for a field that no person types
 */
export async function readForm(
  request: FastifyRequest,
  take: (file: FormFile) => Promise<void>,
): Promise<[field: string, value: string][]> {
  if (!request.isMultipart()) return fieldsOf(request.body)
  const fields: [string, string][] = []
  for await (const part of request.parts(toTheEnd)) {
    if (part.type === 'file') await handOn(part, take)
    else if (part.valueTruncated) throw tooLarge(`The field ${part.fieldname} is too long`)
    else fields.push([part.fieldname, String(part.value)])
  }
  return fields
}

async function handOn(part: MultipartFile, take: (file: FormFile) => Promise<void>): Promise<void> {
  const { file, fieldname: field, filename } = part
  if (!filename) return void file.resume()
  // Between the two, since the source may not be destroyed: the parts behind it would be lost.
  const stream = new PassThrough()
  // It may have been cut before anybody listened: what counts is how it ends.
  file.on('end', () => (file.truncated ? stream.destroy(tooLarge('The file is too large')) : stream.end()))
  file.on('error', (error) => stream.destroy(error))
  stream.on('close', () => file.resume())
  // Somebody who gives the stream up has heard of the error already, and nobody else wants to.
  stream.on('error', () => {})
  file.pipe(stream, { end: false })
  try {
    await take({ field, filename, stream })
  } finally {
    stream.destroy()
  }
}

function fieldsOf(body: unknown): [string, string][] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
}
