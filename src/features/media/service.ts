import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Ctx, Viewer } from '#src/context.ts'
import { ImageRefused } from '#src/core/images/refused.ts'
import type { ImageJob, ProcessedImage } from '#src/core/images.ts'
import { makeKey } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { forbidden, invalid, notFound } from '#src/errors.ts'
import { announcePicture } from '#src/features/actors/service.ts'
import { may } from '#src/features/teams/policy.ts'
import {
  clearCached,
  deleteMedia,
  findMedia,
  findOwnMedia,
  giveUpMedia,
  insertMedia,
  listDisposable,
  listStaleCopies,
  listWaiting,
  type Media,
  settleMedia,
  updateMediaFacts,
} from './queries.ts'
import { forgetUpload, listAbandoned, noteUpload } from './upload-queries.ts'

/** Bytes of an upload at the most. */
export const maxUploadBytes = 16 * 1024 * 1024

/** Characters of an alternative text at the most. */
export const maxDescription = 1_500

/** The name of the file as it was sent, below the picture's key; it is gone once the sizes are made. */
const uploadFile = 'upload'

const hour = 60 * 60_000

/** After this long an upload that could not be processed is refused. */
const giveUpAfterMs = hour

/** A picture that is in no post and no profile is removed after this long. */
const freeForMs = 24 * hour

/** What is said of a picture. */
export type MediaFacts = Readonly<{ description?: string | undefined; focus?: { x: number; y: number } | undefined }>

/**
 * Stores an upload and has its sizes made. The stream is written as it comes, never held in memory.
 * @throws Problem `too_large`, `storage_full`, `invalid`
 */
export async function storeUpload(ctx: Ctx, viewer: Viewer, upload: MediaFacts & { stream: Readable }): Promise<Media> {
  if (!may(viewer.role, 'publish') && !may(viewer.role, 'reply') && !may(viewer.role, 'profile')) throw forbidden()
  const facts = readFacts(upload)
  const key = makeKey()
  await noteUpload(ctx.db, key, ctx.now())
  try {
    const bytes = await ctx.storage.put(`${key}/${uploadFile}`, upload.stream, { maxBytes: maxUploadBytes })
    if (bytes === 0) throw invalid('Validation failed: the file is empty')
    return await transaction(ctx.db, async (tx) => {
      const { actorId, userId } = viewer
      const row = await insertMedia(tx, {
        actorId,
        userId,
        key,
        mime: 'application/octet-stream',
        description: null,
        focusX: null,
        focusY: null,
        ...facts,
      })
      await recordAct(tx, { viewer, action: 'media.uploaded', subjectId: row.id })
      await emit(tx, { type: 'media.uploaded', mediaId: row.id })
      await forgetUpload(tx, key)
      return row
    })
  } catch (error) {
    await removeAbandoned(ctx, key)
    throw error
  }
}

async function removeAbandoned(ctx: Ctx, key: string): Promise<void> {
  await ctx.storage.removeFolder(key)
  await forgetUpload(ctx.db, key)
}

function readFacts({ description, focus }: MediaFacts): Partial<Pick<Media, 'description' | 'focusX' | 'focusY'>> {
  if (description !== undefined && description.length > maxDescription) {
    throw invalid(`Validation failed: the description may have ${maxDescription} characters at the most`)
  }
  return {
    ...(description === undefined ? {} : { description: description.trim() || null }),
    ...(focus ? { focusX: focus.x, focusY: focus.y } : {}),
  }
}

/** Finds a picture of the acting actor. */
export async function getOwnMedia(ctx: Ctx, viewer: Viewer, id: string): Promise<Media> {
  const row = await findOwnMedia(ctx.db, viewer.actorId, id)
  if (!row) throw notFound()
  return row
}

/** The first look at a picture after this long, and each further one after a third more: most are ready soon, and a queue is not hurried. */
const firstLookMs = 60
const lookMore = 4 / 3

/** Looks again until the picture is ready or refused, or patience is over. */
export async function whenSettled(ctx: Ctx, viewer: Viewer, row: Media, patienceMs: number): Promise<Media> {
  const until = Date.now() + patienceMs
  let current = row
  for (let pause = firstLookMs; current.state === 'uploaded' && Date.now() < until; pause *= lookMore) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, until - Date.now())))
    current = await getOwnMedia(ctx, viewer, row.id)
  }
  return current
}

/** How long an answer waits for the pictures of a profile, so that the client shows the new ones at once. */
const profileWaitMs = 15_000

/**
 * Stores an upload that is to stand in the profile of the viewer's actor.
 * @returns its id
 * @throws Problem `invalid` when it turns out soon that it cannot be read; `too_large`, `storage_full`
 */
export async function storeProfilePicture(ctx: Ctx, viewer: Viewer, stream: Readable): Promise<string> {
  const row = await whenSettled(ctx, viewer, await storeUpload(ctx, viewer, { stream }), profileWaitMs)
  if (row.state === 'refused') throw invalid(`Validation failed: ${row.refusal ?? 'the picture cannot be read'}`)
  return row.id
}

/** Changes the description or focus of a picture that is in no post. In a post it is changed by an edit, which others are told of. */
export async function updateMedia(ctx: Ctx, viewer: Viewer, id: string, input: MediaFacts): Promise<Media> {
  const facts = readFacts(input)
  await transaction(ctx.db, async (tx) => {
    const row = await findOwnMedia(tx, viewer.actorId, id)
    if (!row || row.postId) throw notFound()
    await updateMediaFacts(tx, id, facts)
    await recordAct(tx, { viewer, action: 'media.described', subjectId: id })
    // In a profile it is others who are told what it shows.
    if (row.state === 'ready') await announcePicture(tx, id)
  })
  return getOwnMedia(ctx, viewer, id)
}

/** Changes what is said of a picture of a post. That is an edit of the post, which others are told of. */
export type DescribeInPost = (
  viewer: Viewer,
  postId: string,
  picture: Readonly<{ id: string; description: string | null | undefined; focus: MediaFacts['focus'] }>,
) => Promise<void>

/** Changes the description or focus of a picture of the acting actor, wherever it stands. @throws Problem `not_found`, `invalid`, `forbidden` */
export async function describeMedia(
  ctx: Ctx,
  viewer: Viewer,
  { id, describeInPost, ...input }: MediaFacts & Readonly<{ id: string; describeInPost: DescribeInPost }>,
): Promise<Media> {
  const { postId } = await getOwnMedia(ctx, viewer, id)
  if (!postId) return updateMedia(ctx, viewer, id, input)
  await describeInPost(viewer, postId, { id, description: readFacts(input).description, focus: input.focus })
  return getOwnMedia(ctx, viewer, id)
}

/** Removes a picture that is in no post. */
export async function removeMedia(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  const row = await getOwnMedia(ctx, viewer, id)
  if (row.postId) throw invalid('The picture is in a post; edit or delete the post')
  if (row.scheduledPostId) throw invalid('The picture is held for a scheduled post; delete that first')
  const isGivenUp = await transaction(ctx.db, async (tx) => {
    await recordAct(tx, { viewer, action: 'media.removed', subjectId: id })
    return giveUpMedia(tx, viewer.actorId, id, ctx.now())
  })
  if (isGivenUp) await ctx.storage.removeFolder(row.key)
}

/** Makes the sizes of a picture, in a process of its own. */
export type ImageProcess = Readonly<{ run(job: ImageJob): Promise<ProcessedImage> }>

/**
 * Turns an upload into a picture that can be shown, or refuses it. Run again after a crash it does what is left.
 * @throws whatever may be gone at the next try
 */
export async function processMedia(ctx: Ctx, pictures: ImageProcess, mediaId: string): Promise<void> {
  const row = await findMedia(ctx.db, mediaId)
  if (!row || row.remoteUrl) return
  await ctx.storage.clearTemporary(row.key)
  if (row.deletedAt) return
  if (row.state !== 'uploaded') return removeLeftovers(ctx, row)
  try {
    const made = await ctx.storage.withPath(`${row.key}/${uploadFile}`, (inputPath) =>
      ctx.storage.withScratch(row.key, (outputDir) => makeSizes(ctx, pictures, row, { inputPath, outputDir })),
    )
    if (!made) await refuseMedia(ctx, row.id, 'The picture was lost; send it again')
  } catch (error) {
    if (!(error instanceof ImageRefused)) throw error
    await refuseMedia(ctx, row.id, error.message)
  }
}

/** A process may have been killed right after its last commit: the upload, with the place where it was taken, was still there. */
async function removeLeftovers(ctx: Ctx, { key, state }: Media): Promise<void> {
  if (state === 'ready') await ctx.storage.remove(`${key}/${uploadFile}`)
  else await ctx.storage.removeFolder(key)
}

async function makeSizes(
  ctx: Ctx,
  pictures: ImageProcess,
  row: Media,
  job: { inputPath: string; outputDir: string },
): Promise<true> {
  const image = await pictures.run(job)
  for (const { file } of image.variants) {
    await ctx.storage.put(`${row.key}/${file}`, createReadStream(join(job.outputDir, file)))
  }
  const { width, height, blurhash, variants } = image
  await transaction(ctx.db, async (tx) => {
    const isFirst = await settleMedia(tx, row.id, {
      state: 'ready',
      mime: 'image/jpeg',
      width,
      height,
      blurhash,
      variants,
    })
    if (isFirst) await announcePicture(tx, row.id)
  })
  await ctx.storage.remove(`${row.key}/${uploadFile}`)
  return true
}

/** Refuses an upload with a sentence for who sent it; nothing of it stays on the disk. */
export async function refuseMedia(ctx: Ctx, mediaId: string, refusal: string): Promise<void> {
  const row = await findMedia(ctx.db, mediaId)
  if (!row) return
  await transaction(ctx.db, (tx) => settleMedia(tx, mediaId, { state: 'refused', refusal }))
  await ctx.storage.removeFolder(row.key)
}

/** Uploads whose job was lost. */
export async function listUnprocessed(ctx: Ctx, before: Date): Promise<string[]> {
  return listWaiting(ctx.db, { after: new Date(ctx.now().getTime() - giveUpAfterMs), before })
}

/** Removes what nobody needs any more: pictures given up or never used, old copies, halves of broken uploads. */
export async function sweepMedia(ctx: Ctx): Promise<void> {
  const ago = (ms: number) => new Date(ctx.now().getTime() - ms)
  const stuck = await listWaiting(ctx.db, { after: new Date(0), before: ago(giveUpAfterMs) })
  for (const id of stuck) await refuseMedia(ctx, id, 'The picture could not be processed; send it again')
  for (const { id, key } of await listDisposable(ctx.db, ago(freeForMs))) {
    await ctx.storage.removeFolder(key)
    await deleteMedia(ctx.db, id)
  }
  for (const key of await listAbandoned(ctx.db, ago(freeForMs))) await removeAbandoned(ctx, key)
  // Whoever wants to see one of these again has it fetched again.
  const { remoteMediaDays: days } = ctx.config
  for (;;) {
    const stale = days === 0 ? [] : await listStaleCopies(ctx.db, ago(days * 24 * hour))
    for (const { id, key } of stale) {
      await clearCached(ctx.db, id)
      await ctx.storage.removeFolder(key)
    }
    if (stale.length === 0) break
  }
  await ctx.storage.sweepTemporary(24 * hour)
}
