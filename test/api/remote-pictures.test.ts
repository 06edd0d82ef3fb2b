import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors } from '#src/db/schema/actors.ts'
import { media } from '#src/db/schema/media.ts'
import { decideDomain, lenient, liftDomain } from '#src/features/domains/service.ts'
import { remoteFile } from '#src/features/media/addresses.ts'
import { makeRoom } from '#src/features/media/copies.ts'
import { sweepMedia } from '#src/features/media/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { type Stranger, startStranger } from '#test/support/stranger.ts'

const day = 24 * 60 * 60_000

let test: TestApp
let site: Stranger
beforeAll(async () => {
  site = await startStranger()
  test = await createTestApp({ config: { outboundAllow: ['127.0.0.1'], remoteMediaDays: 3 } })
})
afterAll(async () => {
  await test.close()
  await site.close()
})

/** The avatar of somebody elsewhere: its address here, and how often it was fetched from there. */
async function anAvatar() {
  const path = `/${uniqueName('avatar')}.png`
  const body = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a33' } })
    .png()
    .toBuffer()
  site.serve(path, { headers: { 'content-type': 'image/png' }, body })
  const { id, host } = await make.remoteActor(test.ctx, { host: `${uniqueName('server')}.example` })
  const picture = await make.picture(test.ctx, { actorId: id, remoteUrl: site.url + path, variants: [] })
  await test.ctx.db.update(actors).set({ avatarMediaId: picture.id }).where(eq(actors.id, id))
  const look = async () => (await test.app.inject({ url: `/media/${picture.key}/${remoteFile}` })).statusCode
  const fetches = () => site.gets.filter((get) => get.path === path).length
  const isStored = async () => (await test.ctx.storage.open(`${picture.key}/${remoteFile}`)) !== null
  return { host: host ?? '', look, fetches, isStored, pictureId: picture.id }
}

describe('a picture of another server', () => {
  it('is kept for the days that the operator has set, and fetched again for who looks then', async () => {
    const { look, fetches, isStored, pictureId } = await anAvatar()
    expect([await look(), await look(), fetches()]).toEqual([200, 200, 1])
    test.clock.pass(2 * day)
    await sweepMedia(test.ctx)
    expect(await isStored()).toBe(true)
    test.clock.pass(2 * day)
    await sweepMedia({ ...test.ctx, config: { ...test.ctx.config, remoteMediaDays: 0 } })
    expect(await isStored()).toBe(true)
    await sweepMedia(test.ctx)
    expect(await isStored()).toBe(false)
    const [row] = await test.ctx.db.select({ at: media.cachedAt }).from(media).where(eq(media.id, pictureId))
    expect(row).toEqual({ at: null })
    expect([await look(), fetches()]).toEqual([200, 2])
  })

  it('makes room for newer ones, the oldest first, when all together are larger than the operator has set (row 56)', async () => {
    const pictures = [await anAvatar(), await anAvatar(), await anAvatar()]
    await test.ctx.db.update(media).set({ cachedBytes: 0 })
    for (const { look } of pictures) {
      await look()
      test.clock.pass(1_000)
    }
    const sizes = await Promise.all(
      pictures.map(async ({ pictureId }) => {
        const [row] = await test.ctx.db.select().from(media).where(eq(media.id, pictureId))
        return row?.cachedBytes ?? 0
      }),
    )
    expect(sizes.every((size) => size > 0)).toBe(true)
    const [, second = 0, third = 0] = sizes
    await makeRoom({ ...test.ctx, config: { ...test.ctx.config, remoteMediaBytes: second + third } })
    expect(await Promise.all(pictures.map(({ isStored }) => isStored()))).toEqual([false, true, true])
    await makeRoom({ ...test.ctx, config: { ...test.ctx.config, remoteMediaBytes: 0 } })
    expect(await pictures[1]?.isStored()).toBe(true)
    expect([await pictures[0]?.look(), pictures[0]?.fetches()]).toEqual([200, 2])
  })

  it('is not shown, stored or not, as long as no pictures of that server are wanted', async () => {
    const { host, look, fetches } = await anAvatar()
    expect(await look()).toBe(200)
    await decideDomain(test.ctx, { ...lenient, host, rejectsMedia: true }, null)
    expect([await look(), fetches()]).toEqual([404, 1])
    await decideDomain(test.ctx, { ...lenient, host, severity: 'block' }, null)
    expect([await look(), fetches()]).toEqual([404, 1])
    await liftDomain(test.ctx, host, null)
    expect(await look()).toBe(200)
  })
})
