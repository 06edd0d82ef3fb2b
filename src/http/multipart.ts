import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { invalid } from '#src/errors.ts'
import { expandFields } from './form.ts'

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
  request.body = expandFields(fields)
}
