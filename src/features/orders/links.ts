import type { Ctx } from '#src/context.ts'
import { isSame, signText } from '#src/core/secrets.ts'
import { findMediaSecret } from '#src/features/media/queries.ts'

type Scene = Pick<Ctx, 'db' | 'uris'>

/** What buyers call an order: short enough to be written on a transfer. */
export function orderNumber(id: string): string {
  return `E${BigInt(id).toString(36).toUpperCase()}`
}

async function signatureOf(ctx: Scene, purpose: 'order' | 'agreement', id: string): Promise<string> {
  return signText(await findMediaSecret(ctx.db), `${purpose} ${id}`)
}

/** The page of an order for its buyer. Who has the address may see it, and nobody can make one up. */
export async function orderPath(ctx: Scene, id: string): Promise<string> {
  return `/orders/${id}/${await signatureOf(ctx, 'order', id)}`
}

/** Whether an address of an order was made here. */
export async function isOrderLink(ctx: Scene, id: string, signature: string): Promise<boolean> {
  return isSame(signature, await signatureOf(ctx, 'order', id))
}

/** The name of an order for other servers: it cannot be guessed, and does not lead to its page. */
export async function agreementName(ctx: Scene, id: string): Promise<string> {
  return `${id}-${(await signatureOf(ctx, 'agreement', id)).slice(0, 22)}`
}
