import type { Ctx, Viewer } from '#src/context.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { type MediaAttachment, toMediaAttachment } from '#src/features/media/entity.ts'
import { type ApiVisibility, toApiVisibility } from '#src/features/posts/entity.ts'
import { toApiQuotePolicy } from '#src/features/posts/quote-fields.ts'
import { listHeld, type ScheduledPost } from './queries.ts'
import { getScheduled } from './service.ts'

/** @see https://docs.joinmastodon.org/entities/ScheduledStatus/ */
export type ScheduledStatus = Readonly<{
  id: string
  scheduled_at: string
  params: Readonly<{
    text: string
    poll: Readonly<{
      options: readonly string[]
      expires_in: number
      multiple: boolean
      hide_totals: boolean
    }> | null
    media_ids: readonly string[] | null
    sensitive: boolean
    spoiler_text: string | null
    visibility: ApiVisibility
    in_reply_to_id: string | null
    quoted_status_id: string | null
    quote_approval_policy: string
    language: string | null
    application_id: number
    scheduled_at: null
    idempotency: string | null
    with_rate_limit: boolean
  }>
  media_attachments: readonly MediaAttachment[]
}>

/** One scheduled post of the viewer's actor. @throws Problem as `getScheduled` */
export async function getScheduledStatus(ctx: Ctx, viewer: Viewer, id: string): Promise<ScheduledStatus> {
  const [status] = await loadScheduled(ctx, [await getScheduled(ctx, viewer, id)])
  if (!status) throw new Error('a row became no entity')
  return status
}

/** Scheduled posts as their author's clients read them, in a constant number of queries. */
export async function loadScheduled(ctx: Ctx, rows: readonly ScheduledPost[]): Promise<ScheduledStatus[]> {
  const [held, addresses] = await Promise.all([
    listHeld(
      ctx.db,
      rows.map(({ id }) => id),
    ),
    pictureAddresses(ctx),
  ])
  const pictures = new Map(held.map((picture) => [picture.id, picture]))
  return rows.map((row) => ({
    id: row.id,
    scheduled_at: row.scheduledAt.toISOString(),
    params: toParams(row),
    // In the order of the author; one that is gone is not there.
    media_attachments: row.draft.mediaIds
      .flatMap((id) => pictures.get(id) ?? [])
      .map((picture) => toMediaAttachment(picture, addresses, { actorId: row.actorId })),
  }))
}

function toParams({ draft, appId, idempotencyKey }: ScheduledPost): ScheduledStatus['params'] {
  const { text, poll, mediaIds, isSensitive, spoilerText, visibility, language, inReplyToId } = draft
  return {
    text,
    poll: poll && {
      options: poll.options,
      expires_in: poll.lastsSeconds,
      multiple: poll.isMultiple,
      hide_totals: poll.hidesTotals,
    },
    media_ids: mediaIds.length > 0 ? mediaIds : null,
    sensitive: isSensitive,
    spoiler_text: spoilerText || null,
    visibility: toApiVisibility(visibility),
    in_reply_to_id: inReplyToId,
    quoted_status_id: draft.quotedId ?? null,
    quote_approval_policy: toApiQuotePolicy(draft.quotePolicy ?? 'nobody'),
    language,
    // Clients ignore it, and expect a number: too large to be exact in JSON. 0: written in a browser.
    application_id: Number(appId ?? 0),
    scheduled_at: null,
    idempotency: idempotencyKey,
    with_rate_limit: false,
  }
}
