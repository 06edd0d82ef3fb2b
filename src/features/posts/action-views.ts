import type { Ctx, Viewer } from '#src/context.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { may } from '#src/features/teams/policy.ts'
import type { PostActions } from '#src/web/components/post-actions.ts'
import { paths } from '#src/web/paths.ts'
import { mayBoost } from './policy.ts'
import { isOpen, judgeQuote, toQuotePolicy } from './quote-policy.ts'
import type { ShownPost } from './shown.ts'

/** What the addresses of a post are made with. */
type Scenery = Readonly<{ ctx: Pick<Ctx, 'uris' | 'config'> }>

/** The page of a post here. */
export function postPath({ ctx }: Scenery, { row, author }: Pick<ShownPost, 'row' | 'author'>): string {
  return `${toActorValue(ctx, author).href}/${row.id}`
}

/** What a viewer may do with a post where it stands among others, and comes back to then. */
export function listActions(
  scenery: Scenery,
  shown: ShownPost,
  { viewer, next }: Readonly<{ viewer: Viewer; next: string }>,
): PostActions {
  return { ...usualActions(scenery, shown, viewer), next: `${next}#post-${shown.row.id}` }
}

function usualActions(scenery: Scenery, shown: ShownPost, { role, actorId }: Viewer): PostActions {
  const { row } = shown
  const path = postPath(scenery, shown)
  const toggle = (name: string, isOn: boolean) => ({ action: `${path}/${isOn ? 'un' : ''}${name}`, isOn })
  return {
    ...(may(role, 'reply') && !row.isLocked ? { answerHref: `${paths.compose}?reply=${row.id}` } : {}),
    ...(may(role, 'react')
      ? { like: toggle('like', row.isLiked), bookmark: toggle('bookmark', row.isBookmarked) }
      : {}),
    ...(may(role, 'publish') && mayBoost(actorId, row) ? { boost: toggle('boost', row.isBoosted) } : {}),
  }
}

/** What a viewer may do with a post on its own page. */
export function pageActions(scenery: Scenery, shown: ShownPost, viewer: Viewer): PostActions {
  const { row, author } = shown
  const { role, actorId } = viewer
  const path = postPath(scenery, shown)
  const toggle = (name: string, isOn: boolean) => ({ action: `${path}/${isOn ? 'un' : ''}${name}`, isOn })
  const isOwn = row.actorId === actorId
  return {
    ...usualActions(scenery, shown, viewer),
    ...(isOwn && may(role, row.inReplyToId ? 'reply' : 'publish')
      ? { editHref: `${path}/edit`, deleteAction: `${path}/delete` }
      : {}),
    ...(isOwn && may(role, 'publish') && row.visibility !== 'direct' ? { pin: toggle('pin', row.isPinned) } : {}),
    ...quoteActions(path, row, viewer),
    ...(isOwn || row.quotesCount > 0 ? { quotesHref: `${path}/quotes` } : {}),
    ...(may(role, 'react') ? { mute: toggle('mute', row.isMuted) } : {}),
    ...(isOwn ? {} : aboutAuthor(scenery, { row, author })),
  }
}

/** Quoting it, saying who may, and answering whether it may quote. */
function quoteActions(path: string, row: ShownPost['row'], { role, actorId }: Viewer): PostActions {
  if (!may(role, 'publish')) return {}
  const isAuthor = row.actorId === actorId
  const { isFollower, isFollowed, quote } = row
  const isQuotable = judgeQuote(row, { isAuthor, isFollower, isFollowed }) !== 'denied'
  const isMine = quote?.quotedActorId === actorId && !isAuthor && !quote.isLegacy
  const isAsking = isMine && quote.state === 'pending'
  const isAnswerable = isMine && (isAsking || quote.state === 'accepted')
  return {
    ...(isQuotable ? { quoteHref: `${paths.compose}?quote=${row.id}` } : {}),
    ...(isAuthor && isOpen(row.visibility)
      ? { quotePolicy: { action: `${path}/quote-policy`, chosen: toQuotePolicy(row) } }
      : {}),
    ...(isAnswerable
      ? { quoteAnswer: { allowAction: isAsking ? `${path}/quote/allow` : null, refuseAction: `${path}/quote/refuse` } }
      : {}),
  }
}

function aboutAuthor({ ctx }: Scenery, { row, author }: Pick<ShownPost, 'row' | 'author'>): PostActions {
  const query = new URLSearchParams({ account: author.id, post: row.id })
  return { authorHref: `${toActorValue(ctx, author).href}/relation`, reportHref: `${paths.report}?${query}` }
}

/** What somebody whom we do not know can do: go on where they are at home. */
export function waysIn({ ctx }: Scenery, { row, author }: ShownPost): PostActions {
  return { answerFrom: ctx.uris.postPage(author.handle, row.id) }
}
