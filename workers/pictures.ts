import type { Ctx } from '#src/context.ts'
import { processMedia, refuseMedia } from '#src/features/media/service.ts'
import { MediaProcessFailed } from './media/failed.ts'
import type { MediaProcess } from './media/pool.ts'

/** Makes the sizes of a picture. One that makes the decoder crash is refused; everything else is tried again. */
export async function processPicture(ctx: Ctx, pictures: MediaProcess, mediaId: string): Promise<void> {
  try {
    await processMedia(ctx, pictures, mediaId)
  } catch (error) {
    if (!(error instanceof MediaProcessFailed) || error.isRetryable) throw error
    ctx.log.warn({ err: error, mediaId }, 'a picture was refused')
    await refuseMedia(ctx, mediaId, error.message)
  }
}
