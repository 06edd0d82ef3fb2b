import type { Ctx, Viewer } from '#src/context.ts'
import { actorUrl, pictureUrl } from '#src/features/actors/entity.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import type { Relation } from '#src/features/follows/relation-queries.ts'
import type { Hashtag } from '#src/features/posts/hashtags.ts'
import type { ShownPost } from '#src/features/posts/shown.ts'
import { type PostScenery, toGridItem, toOriginal, toPostValue } from '#src/features/posts/views.ts'
import type { Translator } from '#src/locales/translator.ts'
import { address, nameOf } from '#src/web/components/actor.ts'
import { withEmojis } from '#src/web/components/emoji.ts'
import { emptyState } from '#src/web/components/empty.ts'
import { type PagerValue, pager } from '#src/web/components/pager.ts'
import { pictureGrid } from '#src/web/components/picture-grid.ts'
import { postCard } from '#src/web/components/post-card.ts'
import {
  type ProfileAbout,
  type ProfileRelation,
  type ProfileValue,
  profileHeader,
} from '#src/web/components/profile-header.ts'
import { profilePosts } from '#src/web/components/profile-posts.ts'
import { tabs } from '#src/web/components/tabs.ts'
import { type Html, html, raw } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'

/** The two views of a profile: a grid without answers to others, and everything to be read. */
export type ProfileView = 'overview' | 'with_replies'

/** What the page of a profile shows. */
export type ProfilePage = Readonly<{
  actor: Actor
  /** What is between the viewer and the actor; null for strangers, and where neither may follow the other. */
  relation: Relation | null
  /** What can be done about the actor besides following; null for strangers and about oneself. */
  about: ProfileAbout | null
  viewer: Viewer | null
  view: ProfileView
  posts: readonly ShownPost[]
  pager: PagerValue
  /** The hashtags that the actor features. */
  featuredTags: readonly Hashtag[]
  /** Something of it is for sale. */
  isSelling: boolean
  now: Date
}>

/** The page of a profile. */
export function profileView(scenery: PostScenery, page: ProfilePage, t: Translator): Html {
  const profile = toProfileValue(scenery.ctx, page.actor, page.featuredTags)
  const relation = toRelation(page)
  return html`${profileHeader(profile, { relation, about: page.about }, t)}
    ${viewTabs(profile.href, page, t)}
    ${page.view === 'overview' || page.posts.length === 0 ? overview(scenery, page, { profile, relation }, t) : readable(scenery, page, t)}`
}

/** A profile as its head shows it; nothing of what a suspended actor says of itself. */
export function toProfileValue(
  ctx: Pick<Ctx, 'uris' | 'config'>,
  actor: Actor,
  featuredTags: readonly Hashtag[],
): ProfileValue {
  const { isLocked, postsCount, followersCount, followingCount } = actor
  const [summary, lines] = actor.suspendedAt ? ['', []] : [actor.summary, actor.fields]
  const value = toActorValue(ctx, actor)
  return {
    ...value,
    headerUrl: actor.suspendedAt ? null : pictureUrl(ctx.uris, actor.header, 'largest'),
    summaryHtml: withEmojis(raw(summary), value.emojis),
    fields: lines.map(({ name, value: line, verifiedAt }) => ({
      name,
      valueHtml: withEmojis(raw(line), value.emojis),
      verifiedAt: verifiedAt ? new Date(verifiedAt) : null,
    })),
    isLocked,
    postsCount,
    followersCount,
    followingCount,
    featuredTags: featuredTags.map(({ name, label }) => ({ label, href: `/tags/${encodeURIComponent(name)}` })),
    original: actor.host === null ? null : toOriginal(actorUrl(ctx.uris, actor)),
  }
}

function toRelation({ actor, relation, viewer }: ProfilePage): ProfileRelation {
  const profilePath = actor.host === null ? `/@${actor.handle}` : `/@${actor.handle}@${actor.host}`
  if (viewer?.actorId === actor.id) return { kind: 'own', editHref: paths.settings, createHref: paths.compose }
  if (!relation) return { kind: 'visitor' }
  const states = { accepted: 'following', pending: 'requested', rejected: 'none', none: 'none' } as const
  return {
    kind: 'other',
    state: states[relation.mine?.state ?? 'none'],
    followAction: `${profilePath}/follow`,
    unfollowAction: `${profilePath}/unfollow`,
    followsYou: relation.theirs === 'accepted',
  }
}

function viewTabs(href: string, { view, isSelling }: ProfilePage, t: Translator): Html {
  const words = t.pages.profileViews
  return tabs(words.label, [
    { href, label: words.overview, isCurrent: view === 'overview' },
    { href: `${href}/with_replies`, label: words.withReplies, isCurrent: view === 'with_replies' },
    ...(isSelling ? [{ href: `${href}/products`, label: t.products.title, isCurrent: false }] : []),
  ])
}

type Head = Readonly<{ profile: ProfileValue; relation: ProfileRelation }>

function overview(scenery: PostScenery, page: ProfilePage, head: Head, t: Translator): Html {
  const items = page.posts.map((post) => toGridItem(scenery, post))
  return profilePosts({ ...head, items, pager: page.pager }, t)
}

function readable(scenery: PostScenery, { posts, pager: neighbours, now }: ProfilePage, t: Translator): Html {
  return html`<section class="reading" aria-labelledby="posts">
    <h2 class="visually-hidden" id="posts">${t.pages.profileViews.withReplies}</h2>
    <ol class="reading__list">${posts.map((post) => html`<li>${postCard(toPostValue(scenery, post), now, t)}</li>`)}</ol>
    ${pager(neighbours, t)}
  </section>`
}

/** What the page of a hashtag shows. */
export type TagPage = Readonly<{ label: string; posts: readonly ShownPost[]; pager: PagerValue }>

/** What is public under a hashtag. */
export function tagView(scenery: PostScenery, { label, posts, pager: neighbours }: TagPage, t: Translator): Html {
  const nothing = emptyState({ icon: 'images', title: t.pages.tag.emptyTitle, text: t.pages.tag.emptyText })
  const items = posts.map((post) => toGridItem(scenery, post))
  return html`<header class="page-head">
      <h1 class="title title--large"><bdi>#${label}</bdi></h1>
      <p class="lead">${t.pages.tag.lead}</p>
    </header>
    ${items.length > 0 ? html`${pictureGrid(items, t)}${pager(neighbours, t)}` : nothing}`
}

/** That an actor has gone elsewhere, in a sentence. */
export function movedSentence(ctx: Pick<Ctx, 'uris' | 'config'>, from: Actor, to: Actor, t: Translator): string {
  const place = address(toActorValue(ctx, to))
    .toString()
    .replaceAll(/<[^>]*>/g, '')
  return t.pages.moved(nameOf(toActorValue(ctx, from)), place)
}
