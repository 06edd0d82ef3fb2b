import type { Ctx } from '#src/context.ts'
import { isSame, signText } from '#src/core/secrets.ts'
import { findMediaSecret } from './queries.ts'

/**
 * For whom the address of a picture is made: everybody, one actor, or other servers that hold the post for their people. Only the first
 * works without a signature.
 */
export type Onlooker = 'everybody' | 'servers' | Readonly<{ actorId: string }>

/** Makes addresses of pictures. */
export type PictureAddresses = Readonly<{
  of(picture: { key: string }, file: string, onlooker: Onlooker): string
}>

/** What a signed address says: for whom it was made. */
export type Signed = Readonly<{ for: 'servers' | { actorId: string } }>

/** The file under which a copy of another server's picture is served. */
export const remoteFile = 'remote'

const day = 24 * 60 * 60_000

const secrets = new WeakMap<Ctx['db'], Promise<string>>()

function secretOf(ctx: Pick<Ctx, 'db'>): Promise<string> {
  const found = secrets.get(ctx.db) ?? findMediaSecret(ctx.db)
  secrets.set(ctx.db, found)
  found.catch(() => secrets.delete(ctx.db))
  return found
}

/**
 * The maker of addresses. Pages and clients show pictures by plain addresses, without saying who asks; so the address of a picture that
 * not everybody may see carries for whom it was made, until when, and a signature. One for servers lasts as long as the post.
 */
export async function pictureAddresses(ctx: Pick<Ctx, 'db' | 'uris' | 'now'>): Promise<PictureAddresses> {
  const secret = await secretOf(ctx)
  // To the end of the day after tomorrow: the same address for a whole day, so that browsers keep the picture.
  const until = String(Math.floor(ctx.now().getTime() / day + 3) * day)
  return {
    of: ({ key }, file, onlooker) => {
      const url = ctx.uris.media(key, file)
      if (onlooker === 'everybody') return url
      const [who, end] = onlooker === 'servers' ? ['servers', '0'] : [onlooker.actorId, until]
      return `${url}?for=${who}&until=${end}&sign=${signText(secret, `${key} ${who} ${end}`)}`
    },
  }
}

/** Reads a signed address; null when it is not signed, altered, or over. */
export async function readSignedAddress(
  ctx: Pick<Ctx, 'db' | 'now'>,
  key: string,
  query: { for?: string | undefined; until?: string | undefined; sign?: string | undefined },
): Promise<Signed | null> {
  const { for: who, until, sign } = query
  if (!who || !until || !sign) return null
  if (!isSame(sign, signText(await secretOf(ctx), `${key} ${who} ${until}`))) return null
  if (who === 'servers') return { for: 'servers' }
  return Number(until) > ctx.now().getTime() ? { for: { actorId: who } } : null
}
