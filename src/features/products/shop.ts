import type { Ctx, Viewer } from '#src/context.ts'
import { cleanText } from '#src/core/sanitize.ts'
import { isBic, isIban, plainIban } from '#src/core/sepa.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { fieldProblem } from '#src/features/actors/policy.ts'
import { requireSeller } from './policy.ts'
import { findShop, type Shop, upsertShop } from './shop-queries.ts'

/** What a team says of how it sells. */
export type ShopInput = Omit<Shop, 'actorId' | 'updatedAt'>

/** Lengths in UTF-16 units. */
export const shopLimits = { accountHolder: 70, imprint: 1_000, withdrawalText: 2_000 } as const

/** How an actor sells, as it is before anybody has said so: what is ordered is paid when it is fetched. */
export async function getShop(ctx: Pick<Ctx, 'db' | 'now'>, actorId: string): Promise<Shop> {
  const known = await findShop(ctx.db, actorId)
  const texts = { accountHolder: '', iban: '', bic: '', imprint: '', withdrawalText: '' }
  return known ?? { actorId, takesPickupPayment: true, ...texts, updatedAt: ctx.now() }
}

/**
 * Changes how the viewer's actor sells.
 * @throws Problem `forbidden`, `invalid` for an account that cannot be one
 */
export async function saveShop(ctx: Ctx, viewer: Viewer, input: ShopInput): Promise<void> {
  requireSeller(viewer)
  const iban = plainIban(input.iban)
  const bic = plainIban(input.bic)
  const accountHolder = checkText('account_holder', input.accountHolder, shopLimits.accountHolder)
  if (iban !== '' && !isIban(iban)) throw fieldProblem('iban', 'ERR_INVALID', 'is no valid IBAN')
  if (bic !== '' && !isBic(bic)) throw fieldProblem('bic', 'ERR_INVALID', 'is no valid BIC')
  if (iban !== '' && accountHolder === '') throw fieldProblem('account_holder', 'ERR_BLANK', "can't be blank")
  const row = {
    actorId: viewer.actorId,
    takesPickupPayment: input.takesPickupPayment,
    ...{ accountHolder, iban, bic },
    imprint: checkText('imprint', input.imprint, shopLimits.imprint),
    withdrawalText: checkText('withdrawal_text', input.withdrawalText, shopLimits.withdrawalText),
    updatedAt: ctx.now(),
  }
  await transaction(ctx.db, async (tx) => {
    await upsertShop(tx, row)
    await recordAct(tx, { viewer, action: 'shop.edited', subjectId: viewer.actorId })
  })
}

function checkText(field: string, text: string, most: number): string {
  if (text.length > most) throw fieldProblem(field, 'ERR_TOO_LONG', `is too long (${most} characters at the most)`)
  return cleanText(text.replace(/\r\n?/g, '\n'), most).trim()
}
