import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from '#test/support/eventually.ts'
import { phoneJpeg } from '#test/support/pictures.ts'
import { type Member, startInstance, startWebProcess } from '#test/support/two-servers.ts'
import { mayMount } from './postgres.ts'
import { report, whole } from './scale.ts'
import { keep, useOpened } from './stage.ts'

const use = useOpened()

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

async function upload(org: Member, picture: Buffer): Promise<Response> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(picture)]), 'workshop.jpg')
  const headers = { authorization: `Bearer ${org.token}` }
  return fetch(`${new URL(org.iri).origin}/api/v2/media`, { method: 'POST', body: form, headers })
}

describe('an upload', { timeout: 120_000 }, () => {
  it('in the middle of which the web process is killed leaves no row and nothing to be served (fault F4)', async () => {
    const instance = use(await startInstance({ web: 'none', workers: 'none' }))
    const org = await instance.join('atelier', { type: 'Organization' })
    const web = keep(use, () => startWebProcess(instance, instance.env.PORT))
    await web.start()
    const media = join(instance.ctx.config.dataDir, 'media')
    const bytes = whole(14_000_000, 4_000_000)
    const ended = sendHalf(org, bytes)
    await eventually(async () => expect(await filesIn(join(media, 'tmp'))).not.toEqual([]))
    await web.kill()
    await ended
    await web.start()
    const { $client: sql } = instance.ctx.db
    expect(await sql`select id from media`).toEqual([])
    const left = await filesIn(media)
    expect(left.length).toBeGreaterThan(0)
    for (const path of left) expect(path).toContain('/media/tmp/')
    // A day later.
    const yesterday = new Date(Date.now() - 25 * 3_600_000)
    for (const path of left) await utimes(path, yesterday, yesterday)
    for (const name of await readdir(join(media, 'tmp'))) await utimes(join(media, 'tmp', name), yesterday, yesterday)
    expect(await instance.ctx.storage.sweepTemporary(24 * 3_600_000)).toBeGreaterThan(0)
    expect(await filesIn(media)).toEqual([])
    const answer = await upload(org, await phoneJpeg({ width: 600, height: 400 }))
    expect([200, 202]).toContain(answer.status)
    report('F4', 'the web process is killed in the middle of an upload', { bytes, leftFiles: left.length, rows: 0 })
  })

  it.skipIf(!mayMount())(
    'to a full disk is refused with the reason, posts without pictures are not, and it is over when there is room (needs to mount a tmpfs) (fault F9)',
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'entremise-full-'))
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataDir])
      try {
        await survivesFullDisk(dataDir)
      } finally {
        execFileSync('umount', [dataDir])
        await rm(dataDir, { recursive: true, force: true })
      }
    },
  )
})

async function survivesFullDisk(dataDir: string): Promise<void> {
  const instance = await startInstance({ dataDir })
  try {
    const org = await instance.join('atelier', { type: 'Organization' })
    const picture = await phoneJpeg({ width: 1200, height: 800 })
    const filler = join(dataDir, 'filler')
    execFileSync('sh', ['-c', `cat /dev/zero > "${filler}" 2>/dev/null || true`])
    const refused = await upload(org, picture)
    expect(refused.status).toBe(507)
    expect(await refused.json()).toMatchObject({ error: expect.stringContaining('no room') })
    expect((await org.api.post('/api/v1/statuses', { status: 'Without a picture' })).status).toBe(200)
    expect(await instance.ctx.db.$client`select id from media`).toEqual([])
    await rm(filler)
    expect(await filesIn(dataDir)).toEqual([])
    const answer = await upload(org, picture)
    const { id } = (await answer.json()) as { id: string }
    await eventually(async () => expect((await org.api.get(`/api/v1/media/${id}`)).status).toBe(200))
    report('F9', 'the disk of the pictures is full', { status: refused.status, afterwards: answer.status })
  } finally {
    await instance.close()
  }
}

/** Sends half of a picture and then no more; resolves when the connection has ended. */
async function sendHalf(org: Member, bytes: number): Promise<void> {
  const boundary = 'half-a-picture'
  const outgoing = request(`${new URL(org.iri).origin}/api/v2/media`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${org.token}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': bytes + 1_000,
    },
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  outgoing.on('error', () => resolve())
  outgoing.on('close', () => resolve())
  outgoing.write(
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="half.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`,
  )
  outgoing.write(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))
  outgoing.write(randomBytes(bytes / 2))
  await pause(200)
  return promise
}
