import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acceptFollow, removeFollower, requestFollow } from '#src/features/follows/service.ts'
import { findMedia } from '#src/features/media/queries.ts'
import { processMedia, sweepMedia } from '#src/features/media/service.ts'
import { listAbandoned, noteUpload } from '#src/features/media/upload-queries.ts'
import { createPost } from '#src/features/posts/create.ts'
import { deletePost } from '#src/features/posts/remove.ts'
import { MediaAttachment } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { eventually } from '#test/support/eventually.ts'
import { uniqueName } from '#test/support/make.ts'
import { startPictureWorker } from '#test/support/picture-worker.ts'
import { html, jpeg, phoneJpeg, pngBomb, SECRET, svg, truncatedJpeg } from '#test/support/pictures.ts'

let test: TestApp
let worker: ReturnType<typeof startPictureWorker>

beforeAll(async () => {
  test = await createTestApp()
  worker = startPictureWorker(test.ctx)
})
afterAll(async () => {
  await worker.close()
  await test.close()
})

const me = (scopes?: string[]) => test.signIn(uniqueName('photo'), scopes)

async function upload(path: string, headers: Record<string, string>, parts: Record<string, string | Buffer>) {
  const form = new FormData()
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, new Blob([new Uint8Array(value)]), 'picture.png')
  }
  const encoded = new Response(form)
  const contentType = encoded.headers.get('content-type') ?? ''
  const payload = Buffer.from(await encoded.arrayBuffer())
  return test.app.inject({ method: 'POST', url: path, headers: { ...headers, 'content-type': contentType }, payload })
}

/** The picture of an upload once its sizes are there: on a busy machine the answer to the upload comes before. */
async function whenReady(answer: Awaited<ReturnType<typeof upload>>, headers: Record<string, string>) {
  expect([200, 202]).toContain(answer.statusCode)
  return eventually(async () => {
    const { statusCode, ...ready } = await test.app.inject({ url: `/api/v1/media/${answer.json().id}`, headers })
    expect(statusCode).toBe(200)
    return ready.json()
  })
}

const fetchPicture = (url: string, headers: Record<string, string> = {}) => {
  const { pathname, search } = new URL(url)
  return test.app.inject({ method: 'GET', url: pathname + search, headers })
}

/** Every file below the storage, but what is empty. */
async function storedFiles(): Promise<string[]> {
  const entries = await readdir(join(test.ctx.config.dataDir, 'media'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

describe('an upload', () => {
  it.each(['/api/v2/media', '/api/v1/media'])(
    'by %s is a picture with its description, focus, sizes and blurhash',
    async (path) => {
      const { headers } = await me()
      const answer = await upload(path, headers, {
        file: await jpeg({ width: 1600, height: 1200 }),
        description: 'Four corners',
        focus: '0.5,-0.25',
      })
      const attachment = MediaAttachment.parse(await whenReady(answer, headers))
      expect(attachment).toMatchObject({ type: 'image', description: 'Four corners', remote_url: null })
      expect(attachment.meta).toMatchObject({
        original: { width: 1600, height: 1200, size: '1600x1200' },
        small: { width: 640 },
        focus: { x: 0.5, y: -0.25 },
      })
      expect(attachment.blurhash).toMatch(/^.{6,}$/)
    },
  )

  it('keeps nothing of where and when a picture was taken (row 62)', async () => {
    const { headers } = await me()
    const sent = await phoneJpeg()
    expect(sent.includes(SECRET)).toBe(true)
    const { url } = await whenReady(await upload('/api/v2/media', headers, { file: sent }), headers)
    const picture = await fetchPicture(url, headers)
    expect(picture.rawPayload.subarray(0, 2).toString('hex')).toBe('ffd8')
    expect(picture.rawPayload.includes(SECRET)).toBe(false)
    expect(picture.rawPayload.includes('Exif')).toBe(false)
  })

  it.each([
    ['a page under the name of a picture', async () => html()],
    ['a drawing (SVG)', async () => svg()],
    ['a picture that was cut off', () => truncatedJpeg()],
    ['a bomb of 256 million pixels', async () => pngBomb()],
    ['nothing', async () => Buffer.alloc(0)],
  ])('of %s is refused with a sentence and leaves nothing', async (_what, make) => {
    const { headers } = await me()
    const before = await storedFiles()
    const answer = await upload('/api/v1/media', headers, { file: await make() })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().error).toMatch(/^Validation failed: /)
    expect((await storedFiles()).sort()).toEqual(before.sort())
  })

  it('of more than 16 MB is refused while it comes', async () => {
    const { headers } = await me()
    const before = await storedFiles()
    const answer = await upload('/api/v2/media', headers, { file: Buffer.alloc(17 * 1024 * 1024, 7) })
    expect(answer.statusCode).toBe(413)
    expect((await storedFiles()).sort()).toEqual(before.sort())
  })

  it.each([
    ['a focus outside of the picture', { focus: '2,0' }],
    ['a thumbnail of its own', { thumbnail: 'x' }],
    ['a description of 1,501 characters', { description: 'x'.repeat(1_501) }],
  ])('with %s is refused', async (_what, fields) => {
    const { headers } = await me()
    const answer = await upload('/api/v2/media', headers, { ...(fields as Record<string, string>), file: await jpeg() })
    expect(answer.statusCode).toBe(422)
  })

  it('needs the scope write:media', async () => {
    const { headers } = await me(['read', 'write:statuses'])
    expect((await upload('/api/v2/media', headers, { file: await jpeg() })).statusCode).toBe(403)
    expect((await upload('/api/v2/media', {}, { file: await jpeg() })).statusCode).toBe(401)
  })
})

describe('a picture that is in no post', () => {
  it('is described anew by its owner alone', async () => {
    const [owner, other] = [await me(), await me()]
    const { id } = (await upload('/api/v2/media', owner.headers, { file: await jpeg() })).json()
    const change = (headers: Record<string, string>) =>
      test.app.inject({
        method: 'PUT',
        url: `/api/v1/media/${id}`,
        headers,
        payload: { description: 'Better', focus: '0,1' },
      })
    expect((await change(other.headers)).statusCode).toBe(404)
    expect((await change(owner.headers)).json()).toMatchObject({
      description: 'Better',
      meta: { focus: { x: 0, y: 1 } },
    })
  })

  it('is shown to its owner alone, and is gone after a day without use', async () => {
    const [owner, other] = [await me(), await me()]
    const { id, url } = (await upload('/api/v2/media', owner.headers, { file: await jpeg() })).json()
    const plain = url.split('?')[0]
    expect((await fetchPicture(plain)).statusCode).toBe(404)
    expect((await fetchPicture(plain, other.headers)).statusCode).toBe(404)
    expect((await fetchPicture(url)).statusCode).toBe(200)
    await sweepMedia({ ...test.ctx, now: () => new Date(test.clock.now().getTime() + 25 * 3_600_000) })
    expect(await findMedia(test.ctx.db, id)).toBeNull()
  })

  it('is not left behind where the process was killed between its file and its row (fault F4)', async () => {
    const { storage, db } = test.ctx
    const { headers } = await me()
    // One that came to its end is noted no more.
    expect((await upload('/api/v2/media', headers, { file: await jpeg() })).statusCode).toBe(200)
    expect((await upload('/api/v2/media', headers, { file: Buffer.alloc(0) })).statusCode).toBe(422)
    expect(await listAbandoned(db, new Date('9000-01-01'))).toEqual([])
    const key = 'abandoned0123456789'
    await noteUpload(db, key, test.clock.now())
    await storage.put(`${key}/upload`, Buffer.from('with its place'))
    const later = (hours: number) => new Date(test.clock.now().getTime() + hours * 3_600_000)
    const isThere = async () => {
      const file = await storage.open(`${key}/upload`)
      file?.stream.destroy()
      return file !== null
    }
    await sweepMedia({ ...test.ctx, now: () => later(23) })
    expect(await isThere()).toBe(true)
    await sweepMedia({ ...test.ctx, now: () => later(25) })
    expect(await isThere()).toBe(false)
    expect(await listAbandoned(db, new Date('9000-01-01'))).toEqual([])
  })
})

describe('a picture of a published post', () => {
  it('is described anew by an edit of the post, by its owner alone', async () => {
    const [owner, other] = [await me(), await me()]
    const { id } = (await upload('/api/v2/media', owner.headers, { file: await jpeg() })).json()
    const postId = await createPost(test.ctx, owner.viewer, { text: 'A loaf', mediaIds: [id] })
    const change = (headers: Record<string, string>, payload: object) =>
      test.app.inject({ method: 'PUT', url: `/api/v1/media/${id}`, headers, payload })
    expect((await change(other.headers, { description: 'Mine' })).statusCode).toBe(404)
    expect((await change(owner.headers, { description: 'x'.repeat(1_501) })).statusCode).toBe(422)
    const changed = await change(owner.headers, { description: 'A round loaf', focus: '0.5,-0.5' })
    expect(changed.json()).toMatchObject({ id, description: 'A round loaf', meta: { focus: { x: 0.5, y: -0.5 } } })
    const status = (await test.app.inject({ url: `/api/v1/statuses/${postId}`, headers: owner.headers })).json()
    expect(status.media_attachments).toMatchObject([{ id, description: 'A round loaf' }])
    expect(status.edited_at).not.toBeNull()
    const versions = await test.app.inject({ url: `/api/v1/statuses/${postId}/history`, headers: owner.headers })
    expect(versions.json()).toHaveLength(2)
  })
})

describe('the picture of a post for followers', () => {
  async function makePrivatePost() {
    const [author, follower, stranger] = [await me(), await me(), await me()]
    await requestFollow(test.ctx, follower.viewer, { actorId: author.actorId })
    await acceptFollow(test.ctx, author.viewer, follower.actorId)
    const { id } = (await upload('/api/v2/media', author.headers, { file: await jpeg() })).json()
    const postId = await createPost(test.ctx, author.viewer, {
      text: 'For followers',
      visibility: 'followers',
      mediaIds: [id],
    })
    const status = await test.app.inject({
      method: 'GET',
      url: `/api/v1/statuses/${postId}`,
      headers: follower.headers,
    })
    return { author, follower, stranger, postId, url: status.json().media_attachments[0].url as string }
  }

  it('is served by the address that a follower was given, and to nobody by the plain one (row 36)', async () => {
    const { url, follower } = await makePrivatePost()
    expect((await fetchPicture(url)).statusCode).toBe(200)
    expect((await fetchPicture(url)).headers['cache-control']).toContain('private')
    const plain = url.split('?')[0] ?? ''
    expect((await fetchPicture(plain)).statusCode).toBe(404)
    expect((await fetchPicture(plain, follower.headers)).statusCode).toBe(200)
  })

  it('is not served to a stranger who shows the address of a follower (row 36)', async () => {
    const { url, stranger } = await makePrivatePost()
    expect((await fetchPicture(url, stranger.headers)).statusCode).toBe(404)
  })

  it('is not served once the address was altered, the follower was taken off, or the post is gone (row 36)', async () => {
    const { url, author, follower, postId } = await makePrivatePost()
    expect((await fetchPicture(url.replace(/until=\d+/, 'until=99999999999999'))).statusCode).toBe(404)
    await removeFollower(test.ctx, author.viewer, follower.actorId)
    expect((await fetchPicture(url)).statusCode).toBe(404)
    const another = await makePrivatePost()
    await deletePost(test.ctx, another.author.viewer, another.postId)
    expect((await fetchPicture(another.url)).statusCode).toBe(404)
    expect(postId).not.toBe(another.postId)
  })
})

describe('a served picture', () => {
  it('can be kept by everybody for long, and can never act as a page (rows 12, 61)', async () => {
    const { headers, viewer } = await me()
    const { id } = (await upload('/api/v2/media', headers, { file: await jpeg() })).json()
    const postId = await createPost(test.ctx, viewer, { text: 'For all', visibility: 'public', mediaIds: [id] })
    const status = await test.app.inject({ method: 'GET', url: `/api/v1/statuses/${postId}` })
    const answer = await fetchPicture(status.json().media_attachments[0].url)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'public, max-age=2592000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'access-control-allow-origin': '*',
    })
  })
})

it('takes the upload away when a kill had come between the last commit and that', async () => {
  const { headers } = await me()
  const made = await whenReady(await upload('/api/v2/media', headers, { file: await phoneJpeg() }), headers)
  const row = await findMedia(test.ctx.db, made.id)
  expect(row?.state).toBe('ready')
  const key = `${row?.key}/upload`
  await test.ctx.storage.put(key, await phoneJpeg())
  const never = { run: () => Promise.reject(new Error('the sizes are there already')) }
  await processMedia(test.ctx, never, row?.id ?? '')
  expect((await storedFiles()).filter((path) => path.endsWith(key))).toEqual([])
  expect((await findMedia(test.ctx.db, row?.id ?? ''))?.state).toBe('ready')
})
