import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import type { InboxRow } from '#src/db/inbox.ts'
import { receiveBlockActivity, receiveUndoBlock } from './blocks.ts'
import { type Costs, withBudget } from './budget.ts'
import { toPlain } from './documents.ts'
import {
  receiveAccept,
  receiveFollow,
  receiveLeave,
  receiveReject,
  receiveUndoAccept,
  receiveUndoFollow,
} from './follows.ts'
import { forwardReply } from './forwarding.ts'
import { passThroughGroups } from './groups.ts'
import { receiveAnnounce, receiveTakingOut, receiveUndoOfAnnounce } from './hubs.ts'
import { lookupsOf } from './known.ts'
import { receiveMoveActivity } from './moves.ts'
import { receivePinning } from './pins.ts'
import { receiveLikeActivity, receiveUndoLike } from './reactions.ts'
import { type Activity, type ActivityType, type InnerActivity, readActivity } from './read/activity.ts'
import { isIgnored, isRefused, type JsonObject } from './read/json.ts'
import { receiveDeleteActor, receiveFarewellHint, receiveProfileHint, receiveUpdateActor } from './receive-actors.ts'
import { findConsentAnswered, isConsentStamp, receiveDeleteConsent, receiveThirdConsent } from './receive-consents.ts'
import { receiveReactionRequest, receiveReplyRequest } from './receive-interactions.ts'
import {
  isAboutOrder,
  isOfferAnswer,
  isReceipt,
  receiveOfferAccepted,
  receiveOfferActivity,
  receiveOfferRejected,
  receiveReceiptActivity,
  receiveUndoOffer,
  receiveUpdateAgreement,
} from './receive-orders.ts'
import {
  findKnownPost,
  receiveCreate,
  receiveDeleteHint,
  receiveDeleteNote,
  receiveEditHint,
  receivePostHint,
  receiveUpdateNote,
  unasked,
} from './receive-posts.ts'
import { isAboutProduct, receiveDeleteProduct, receiveUpdateProduct } from './receive-products.ts'
import {
  isQuoteAnswer,
  isStamp,
  receiveDeleteStamp,
  receiveDeleteStampHint,
  receiveQuoteReply,
  receiveQuoteRequest,
} from './receive-quotes.ts'
import { findReplyAnswered, isReplyProof, receiveDeleteReplyProof, receiveReplyAnswer } from './receive-replies.ts'
import { findAnsweringRelay, isRelay, receiveAnswerOfRelay, receiveRelayed } from './relays.ts'
import { receiveFlag } from './reports.ts'
import { synchroniseFollowers } from './synchronization.ts'

/** `recipientId`: to whose own inbox its author has brought it. */
type Coming = Readonly<{ recipientId: string | null; isLate: boolean }>
type Receive = (ctx: Ctx, activity: Activity, coming: Coming) => Promise<string>
type ReceiveUndo = (ctx: Ctx, activity: Activity, inner: InnerActivity) => Promise<string>

/** What is done with each activity. A type that is not here is for features to come, and is ignored. */
const receivers: Partial<Record<ActivityType, Receive>> = {
  Follow: receiveFollow,
  Join: receiveFollow,
  Leave: receiveLeave,
  Accept: receiveAnswer,
  Reject: receiveAnswer,
  Offer: receiveOfferActivity,
  Create: (ctx, activity, { recipientId }) =>
    isReceipt(activity) ? receiveReceiptActivity(ctx, activity) : receiveCreate(ctx, activity, recipientId),
  Update: receiveUpdate,
  Delete: receiveDelete,
  QuoteRequest: receiveQuoteRequest,
  ReplyRequest: receiveReplyRequest,
  LikeRequest: receiveReactionRequest,
  AnnounceRequest: receiveReactionRequest,
  Add: (ctx, activity, { isLate }) => receivePinning(ctx, activity, { isPinned: true, isLate }),
  Remove: async (ctx, activity, { isLate }) =>
    (await receiveTakingOut(ctx, activity)) ?? receivePinning(ctx, activity, { isPinned: false, isLate }),
  Like: receiveLikeActivity,
  Announce: async (ctx, activity, { isLate }) =>
    (await isRelay(ctx, activity.actor)) ? receiveRelayed(ctx, activity) : receiveAnnounce(ctx, activity, isLate),
  // Whom a group keeps out is the group's matter.
  Block: async (ctx, activity) => (activity.target ? 'done' : receiveBlockActivity(ctx, activity)),
  Lock: async () => 'done',
  Flag: receiveFlag,
  Move: async (ctx, activity) => (await receiveTakingOut(ctx, activity)) ?? receiveMoveActivity(ctx, activity),
  Undo: receiveUndo,
}

/** What is done when an activity is taken back, by the type of the one inside. */
const undoers: Readonly<Record<string, ReceiveUndo>> = {
  Follow: receiveUndoFollow,
  Join: receiveUndoFollow,
  Accept: receiveUndoAccept,
  Like: receiveUndoLike,
  Announce: receiveUndoOfAnnounce,
  Block: receiveUndoBlock,
  Offer: receiveUndoOffer,
  Lock: async () => 'done',
}

/**
 * What one activity may cause, all that it leads to included. Others wait for it: a server that takes its time with every answer must not hold
 * up the inbox.
 */
const most: Costs = { requests: 50, ms: 30_000, bytes: 8_000_000 }

/**
 * Does what a verified activity says.
 * @returns `done`, or `ignored: …` when it is not for us or not true
 * @param onSlow called when another server takes its time
 * @throws when trying again may help
 */
export async function processInboxActivity(ctx: Ctx, row: InboxRow, onSlow?: () => void): Promise<string> {
  return withBudget(ctx, { ...most, onSlow, canWait: true, site: row.site }, async (budget) => {
    try {
      return await receiveRow(budget.ctx, row)
    } catch (error) {
      // Tried again it would ask for as much again. Where only the time was too short, what was read meanwhile need not be read again.
      const spent = budget.spent()
      if (error instanceof OutboundError && (spent === 'requests' || spent === 'bytes'))
        return `ignored: it leads to too many ${spent}`
      throw error
    }
  })
}

async function receiveRow(ctx: Ctx, row: InboxRow): Promise<string> {
  const document = await toPlain(JSON.parse(row.body) as JsonObject)
  if (isRefused(document)) return `ignored: ${document.refused}`
  const activity = readActivity(document)
  if (isRefused(activity)) return `ignored: ${activity.refused}`
  if (isIgnored(activity)) return `ignored: ${activity.ignored}`
  const { severity } = await lookupsOf(ctx).policy(new URL(activity.actor).host)
  if (severity === 'block') return 'ignored: the server is blocked'
  const outcome = await receiveAs(ctx, activity, row)
  // What a relay passes on is for everybody here, whoever follows its author.
  if (outcome === unasked && (await isRelay(ctx, row.signerIri))) return receiveRelayed(ctx, activity, row.authority)
  if (row.synchronization) await synchroniseFollowers(ctx, activity.actor, row.synchronization)
  if (row.authority === 'none') return outcome
  if (outcome === 'done') await forwardReply(ctx, activity, row)
  await passThroughGroups(ctx, { activity, body: row.body })
  return outcome
}

/** What nothing vouches for is a hint. */
async function receiveAs(ctx: Ctx, activity: Activity, row: InboxRow): Promise<string> {
  const { authority, recipientId } = row
  if (authority === 'none') return followHint(ctx, activity, recipientId)
  // Whoever kept a former profile, with its proof, could bring it back: only its server knows which is the last one.
  if (authority === 'proof' && isOwnProfile(activity)) return receiveProfileHint(ctx, activity)
  const receive = receivers[activity.type]
  // Only its author says for whom it is by where they bring it.
  const broughtToId = authority === 'signature' ? recipientId : null
  const coming = { recipientId: broughtToId, isLate: isLate(ctx, row) }
  return receive ? receive(ctx, activity, coming) : `ignored: ${activity.type}`
}

/** Whatever is tried again comes after what its actor has said since; the soonest after six seconds. */
const lateMs = 5_000

function isLate(ctx: Ctx, { receivedAt }: InboxRow): boolean {
  return ctx.now().getTime() - receivedAt.getTime() > lateMs
}

function isOwnProfile({ type, actor, object }: Activity): boolean {
  return type === 'Update' && object.id === actor
}

/** A yes or no: to a quote, an answer, an order, our request to a relay, or a follow. */
async function receiveAnswer(ctx: Ctx, activity: Activity): Promise<string> {
  if (await isQuoteAnswer(ctx, activity)) return receiveQuoteReply(ctx, activity)
  const asked = await findReplyAnswered(ctx, activity)
  if (asked) return receiveReplyAnswer(ctx, activity, asked)
  const elsewhere = await findConsentAnswered(ctx, activity, findKnownPost)
  if (elsewhere) return receiveThirdConsent(ctx, activity, elsewhere)
  const isYes = activity.type === 'Accept'
  if (await isOfferAnswer(ctx, activity)) {
    return isYes ? receiveOfferAccepted(ctx, activity) : receiveOfferRejected(ctx, activity)
  }
  const relay = await findAnsweringRelay(ctx, activity)
  if (relay) return receiveAnswerOfRelay(ctx, activity, relay)
  return isYes ? receiveAccept(ctx, activity) : receiveReject(ctx, activity)
}

/** What somebody else passed on without proof says only where to look: the server of who is said to have said it is asked. */
async function followHint(ctx: Ctx, activity: Activity, recipientId: string | null): Promise<string> {
  const isAboutActor = activity.object.id === activity.actor
  if (activity.type === 'Create') return receivePostHint(ctx, activity, recipientId)
  if (activity.type === 'Update' && !isAboutActor) return receiveEditHint(ctx, activity, recipientId)
  if (activity.type === 'Delete') {
    if (await isStamp(ctx, activity.object.id)) return receiveDeleteStampHint(ctx, activity)
    return isAboutActor ? receiveFarewellHint(ctx, activity) : receiveDeleteHint(ctx, activity)
  }
  return 'ignored: nothing proves that its actor said so'
}

async function receiveUpdate(ctx: Ctx, activity: Activity, { recipientId }: Coming): Promise<string> {
  if (activity.object.id === activity.actor) return receiveUpdateActor(ctx, activity)
  if (isAboutOrder(activity)) return receiveUpdateAgreement(ctx, activity)
  if (await isAboutProduct(ctx, activity)) return receiveUpdateProduct(ctx, activity)
  return receiveUpdateNote(ctx, activity, recipientId)
}

async function receiveDelete(ctx: Ctx, activity: Activity): Promise<string> {
  if (activity.object.id === activity.actor) return receiveDeleteActor(ctx, activity)
  if (await isStamp(ctx, activity.object.id)) return receiveDeleteStamp(ctx, activity)
  if (await isReplyProof(ctx, activity.object.id)) return receiveDeleteReplyProof(ctx, activity)
  if (await isConsentStamp(ctx, activity.object.id)) return receiveDeleteConsent(ctx, activity)
  if (await isAboutProduct(ctx, activity)) return receiveDeleteProduct(ctx, activity)
  return (await receiveTakingOut(ctx, activity)) ?? receiveDeleteNote(ctx, activity)
}

/** An activity is taken back by the actor who sent it. Where only its id is known, each kind is looked for under it. */
async function receiveUndo(ctx: Ctx, activity: Activity): Promise<string> {
  const { inner } = activity
  if (!inner) return 'ignored: it undoes nothing'
  if (inner.actor && inner.actor !== activity.actor) return 'ignored: it is not its own activity'
  const undo = inner.type ? undoers[inner.type] : undefined
  if (undo) return undo(ctx, activity, inner)
  if (inner.type || !inner.id) return `ignored: Undo of ${inner.type ?? 'nothing'}`
  for (const kind of ['Follow', 'Accept', 'Like', 'Announce', 'Block', 'Offer'])
    await undoers[kind]?.(ctx, activity, inner)
  return 'done'
}
