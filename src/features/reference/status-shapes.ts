import { z } from 'zod'
import { accountShapes } from './account-shapes.ts'
import { cardShapes } from './card-shapes.ts'
import { filterShapes } from './filter-shapes.ts'
import { MediaAttachment } from './media-shape.ts'
import { Entremise } from './product-shapes.ts'
import { scalars } from './scalars.ts'

const { Account, CustomEmoji } = accountShapes
const { FilterResult } = filterShapes
const { id, url, datetime, count } = scalars

const pollFields = {
  id,
  expires_at: datetime.nullable(),
  expired: z.boolean(),
  multiple: z.boolean(),
  votes_count: count,
  voters_count: count.nullable(),
  options: z.array(z.strictObject({ title: z.string().min(1), votes_count: count.nullable() })),
  emojis: z.array(CustomEmoji),
}

/** A poll as somebody without a token reads it. */
const AnonymousPoll = z.strictObject(pollFields)

const Poll = z.strictObject({ ...pollFields, voted: z.boolean(), own_votes: z.array(count) })

/** How a quote stands for its reader. */
const quoteState = z.enum([
  'pending',
  'accepted',
  'rejected',
  'revoked',
  'deleted',
  'unauthorized',
  'blocked_account',
  'blocked_domain',
  'muted_account',
])

const quoteGroups = z.array(z.enum(['public', 'followers', 'following', 'unsupported_policy']))

const QuoteApproval = z.strictObject({
  automatic: quoteGroups,
  manual: quoteGroups,
  current_user: z.enum(['automatic', 'manual', 'denied', 'unknown']),
})

/** A quote in a post that is itself shown as a quote. */
const ShallowQuote = z.strictObject({ state: quoteState, quoted_status_id: id.nullable() })

const statusFields = {
  id,
  uri: url,
  url: url.nullable(),
  created_at: datetime,
  edited_at: datetime.nullable(),
  account: Account,
  content: z.string(),
  text: z.string().nullable(),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
  sensitive: z.boolean(),
  spoiler_text: z.string(),
  media_attachments: z.array(MediaAttachment),
  mentions: z.array(z.strictObject({ id, username: z.string(), url, acct: z.string() })),
  tags: z.array(z.strictObject({ name: z.string().min(1), url })),
  emojis: z.array(CustomEmoji),
  reblogs_count: count,
  favourites_count: count,
  replies_count: count,
  quotes_count: count,
  in_reply_to_id: id.nullable(),
  in_reply_to_account_id: id.nullable(),
  language: z.string().min(2).nullable(),
  poll: z.union([Poll, AnonymousPoll]).nullable(),
  card: cardShapes.PreviewCard.nullable(),
  quote_approval: QuoteApproval,
  tagged_collections: z.array(z.never()),
  /** Only where others have reacted with emojis, in the shape that announcements have. Nobody reacts so from here. */
  reactions: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        count: z.number().int().positive(),
        me: z.literal(false),
        url: url.optional(),
        static_url: url.optional(),
      }),
    )
    .min(1)
    .optional(),
  /** Only where a post shows something for sale. */
  entremise: Entremise.optional(),
}

/** A boost shows a post, never another boost; what a post quotes is shown, and what that quotes is named. */
function statusOf<Fields extends typeof statusFields>(fields: Fields) {
  const quote = quoteOf(fields)
  const reblog = z.strictObject({ ...fields, reblog: z.null(), quote }).nullable()
  return z.strictObject({ ...fields, quote, reblog })
}

function quoteOf<Fields extends typeof statusFields>(fields: Fields) {
  const quoted = z.strictObject({ ...fields, reblog: z.null(), quote: ShallowQuote.nullable() })
  return z.strictObject({ state: quoteState, quoted_status: quoted.nullable() }).nullable()
}

/** What only a known reader is told. */
const readerFields = {
  favourited: z.boolean(),
  reblogged: z.boolean(),
  muted: z.boolean(),
  bookmarked: z.boolean(),
  filtered: z.array(FilterResult),
  pinned: z.boolean().optional(),
  application: z.strictObject({ name: z.string().min(1), website: url.nullable() }).optional(),
}

/** A status as somebody without a token reads it. */
const AnonymousStatus = statusOf(statusFields)

const Status = statusOf({ ...statusFields, ...readerFields })

const Conversation = z.strictObject({
  id,
  unread: z.boolean(),
  accounts: z.array(Account).min(1),
  last_status: Status.nullable(),
})

const Context = z.strictObject({ ancestors: z.array(Status), descendants: z.array(Status) })

/** A thread as somebody without a token reads it. */
const AnonymousContext = z.strictObject({
  ancestors: z.array(AnonymousStatus),
  descendants: z.array(AnonymousStatus),
})

const StatusSource = z.strictObject({ id, text: z.string(), spoiler_text: z.string() })

const StatusEdit = z.strictObject({
  content: z.string(),
  spoiler_text: z.string(),
  sensitive: z.boolean(),
  created_at: datetime,
  account: Account,
  media_attachments: z.array(MediaAttachment),
  poll: z.strictObject({ options: z.array(z.strictObject({ title: z.string() })) }).optional(),
  emojis: z.array(CustomEmoji),
  quote: z.union([quoteOf({ ...statusFields, ...readerFields }), quoteOf(statusFields)]),
})

const ScheduledStatus = z.strictObject({
  id,
  scheduled_at: datetime,
  params: z.strictObject({
    text: z.string(),
    poll: z
      .strictObject({
        options: z.array(z.string()),
        expires_in: count,
        multiple: z.boolean(),
        hide_totals: z.boolean(),
      })
      .nullable(),
    media_ids: z.array(id).nonempty().nullable(),
    sensitive: z.boolean().nullable(),
    spoiler_text: z.string().nullable(),
    visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
    in_reply_to_id: id.nullable(),
    quoted_status_id: id.nullable(),
    quote_approval_policy: z.enum(['public', 'followers', 'nobody']),
    language: z.string().nullable(),
    application_id: z.number(),
    scheduled_at: z.null(),
    idempotency: z.string().nullable(),
    with_rate_limit: z.boolean(),
  }),
  media_attachments: z.array(MediaAttachment),
})

/** Posts, and what hangs on them. */
export const statusShapes = {
  MediaAttachment,
  AnonymousPoll,
  Poll,
  AnonymousStatus,
  Status,
  Conversation,
  Context,
  AnonymousContext,
  StatusSource,
  StatusEdit,
  ScheduledStatus,
}
