import type { Ctx } from '#src/context.ts'
import { listUnprocessed } from '#src/features/media/service.ts'
import { createMediaProcess } from '#workers/media/pool.ts'
import { processPicture } from '#workers/pictures.ts'

/** Makes the sizes of uploads as they come, as the worker process does, with the real media process. */
export function startPictureWorker(ctx: Ctx): { close(): Promise<void> } {
  const pictures = createMediaProcess({ log: ctx.log })
  let isOpen = true
  const loop = async () => {
    while (isOpen) {
      const ids = await listUnprocessed(ctx, new Date(ctx.now().getTime() + 60_000))
      for (const id of ids) await processPicture(ctx, pictures, id)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }
  const running = loop()
  return {
    close: async () => {
      isOpen = false
      await running
      await pictures.close()
    },
  }
}
