import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from '#src/errors.ts'
import { findLetter } from './letters.ts'

/** The parts of the style sheet, in the order in which they are read. */
const styles = [
  'tokens',
  'base',
  'layout',
  'button',
  'field',
  'choice',
  'more',
  'tabs',
  'actor',
  'navigation',
  'picture',
  'grid',
  'plate',
  'emoji',
  'post',
  'card',
  'link-card',
  'quote',
  'embed',
  'poll',
  'product',
  'profile',
  'compose',
  'requests',
  'group',
  'told',
  'moderation',
  'find',
  'more-menu',
  'settings',
  'apps',
  'door',
  'landing',
  'reference',
  'notice',
  'announcement',
  'print',
] as const

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  png: 'image/png',
} as const

type Asset = Readonly<{ name: string; url: string; type: string; body: Buffer; isText: boolean }>

/** What pages may refer to. */
export type AssetName =
  | 'page.css'
  | 'page.js'
  | 'compose.js'
  | 'form.js'
  | 'checkout.js'
  | 'icon.svg'
  | 'touch-icon.png'
  | 'favicon.png'
  | 'avatar.png'
  | 'header.png'

const names: readonly AssetName[] = [
  'page.css',
  'page.js',
  'compose.js',
  'form.js',
  'checkout.js',
  'icon.svg',
  'touch-icon.png',
  'favicon.png',
  'avatar.png',
  'header.png',
]

// Read once at the start: a missing file stops the process before it listens, not a visitor later.
const assets: ReadonlyMap<string, Asset> = new Map(names.map((name) => [name, load(name)]))

/** The path of an asset, with the hash of its content: it may be kept for ever. */
export function assetUrl(name: AssetName): string {
  return assetOf(name).url
}

function assetOf(name: AssetName): Asset {
  const asset = assets.get(name)
  if (!asset) throw new Error(`there is no asset ${name}`)
  return asset
}

/** Serves the assets from memory, compressed beforehand, and the icon at the address where browsers look for it unasked. */
export async function assetsPlugin(app: FastifyInstance): Promise<void> {
  const served = new Map(
    await Promise.all([...assets.values()].map(async (asset) => [asset.url, await compress(asset)] as const)),
  )
  app.get('/assets/:file', { config: { access: 'server' } }, async (request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const [asset, letter] = [served.get(path), findLetter(path)]
    if (!asset && !letter) throw notFound()
    reply.header('cache-control', 'public, max-age=31536000, immutable')
    // Clients draw the default avatar and header on a canvas, from their own origin.
    reply.header('access-control-allow-origin', '*')
    return asset ? send(request, reply, asset) : reply.type(types.png).send(letter)
  })
  const icon = assetOf('favicon.png')
  app.get('/favicon.ico', { config: { access: 'server' } }, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=86400').type(icon.type).send(icon.body),
  )
}

type Compressed = Readonly<{ asset: Asset; br: Buffer | null; gzip: Buffer | null }>

async function compress(asset: Asset): Promise<Compressed> {
  if (!asset.isText) return { asset, br: null, gzip: null }
  const [br, zipped] = await Promise.all([promisify(brotliCompress)(asset.body), promisify(gzip)(asset.body)])
  return { asset, br, gzip: zipped }
}

function send(request: FastifyRequest, reply: FastifyReply, { asset, br, gzip: zipped }: Compressed): FastifyReply {
  reply.type(asset.type)
  if (!asset.isText) return reply.send(asset.body)
  reply.header('vary', 'accept-encoding')
  const accepted = request.headers['accept-encoding'] ?? ''
  if (br && /\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(br)
  if (zipped && /\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(zipped)
  return reply.send(asset.body)
}

function load(name: AssetName): Asset {
  const body = name === 'page.css' ? Buffer.concat(styles.map((part) => read(`css/${part}.css`))) : read(name)
  const [stem = '', ending = ''] = name.split('.')
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 10)
  const type = types[ending as keyof typeof types]
  return { name, url: `/assets/${stem}.${hash}.${ending}`, type, body, isText: ending !== 'png' }
}

function read(path: string): Buffer {
  return readFileSync(new URL(`./assets/${path}`, import.meta.url))
}
