import type { Tx } from '#src/db/client.ts'
import { media } from '#src/db/schema/media.ts'

/** A picture on another server, as what shows it speaks of it. */
export type RemotePicture = Readonly<{
  remoteUrl: string
  mime: string
  kind: string
  description: string | null
  width: number | null
  height: number | null
  blurhash: string | null
  focusX: number | null
  focusY: number | null
}>

/** What shows a picture, and who has made that. */
export type PictureOwner = Readonly<{ actorId: string } & ({ postId: string } | { productId: string })>

/** Writes the pictures of something on another server; a copy is fetched when somebody wants to see one. */
export async function insertRemotePictures(
  tx: Tx,
  owner: PictureOwner,
  pictures: readonly (RemotePicture & { key: string; position: number })[],
): Promise<void> {
  if (pictures.length === 0) return
  await tx.insert(media).values(pictures.map((picture) => ({ ...picture, ...owner, state: 'ready' as const })))
}
