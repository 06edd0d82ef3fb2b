import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type ActorValue, address, addressOf, shownName } from './actor.ts'
import { avatar } from './avatar.ts'
import { linkButton, postButton } from './button.ts'
import { copyable, disclosure } from './disclosure.ts'
import { emojiText } from './emoji.ts'
import { icon } from './icon.ts'
import { type MenuItem, moreMenu } from './more-menu.ts'

/** One line of a profile. */
export type ProfileField = Readonly<{
  name: string
  /** Its content, sanitised. */
  valueHtml: Html
  /** When a link in it was last found to lead back here. */
  verifiedAt: Date | null
}>

/** Everything that the head of a profile says. */
export type ProfileValue = ActorValue &
  Readonly<{
    /** The wide picture above; null shows none. */
    headerUrl: string | null
    /** The introduction, sanitised. */
    summaryHtml: Html
    fields: readonly ProfileField[]
    isLocked: boolean
    postsCount: number
    followersCount: number
    followingCount: number
    /** Hashtags that its owner shows to everybody. */
    featuredTags: readonly Readonly<{ label: string; href: string }>[]
    /** Where the profile is at home, for actors of other servers. */
    original: Readonly<{ href: string; host: string }> | null
  }>

/** Who looks at a profile, and so what can be done there. */
export type ProfileRelation =
  | Readonly<{ kind: 'own'; editHref: string; createHref: string }>
  | Readonly<{
      kind: 'other'
      state: 'none' | 'requested' | 'following'
      /** POST: follows, or asks to. */
      followAction: string
      /** POST: unfollows, or withdraws the request. */
      unfollowAction: string
      followsYou: boolean
    }>
  | Readonly<{ kind: 'visitor' }>

/** What stands between whoever looks and the profile besides following. */
export type ProfileAbout = Readonly<{
  /** What their team remembers; empty for nothing. */
  note: string
  isMuted: boolean
  isBlocked: boolean
  items: readonly MenuItem[]
}>

type Standing = Readonly<{ relation: ProfileRelation; about: ProfileAbout | null }>

/** The head of a profile: picture, name, address, introduction, and the one thing to do. */
export function profileHeader(profile: ProfileValue, standing: Standing, t: Translator): Html {
  const { relation, about } = standing
  return html`<header class="profile${profile.headerUrl ? ' profile--headed' : ''}">
    ${profile.headerUrl && html`<div class="profile__header"><img src="${profile.headerUrl}" alt="" width="1500" height="500" fetchpriority="high"></div>`}
    <div class="profile__face">${avatar(profile, 'xl')}</div>
    <div class="profile__title">
      <h1 class="profile__name"><bdi>${shownName(profile)}</bdi></h1>
      <p class="profile__facts">${address(profile)}${marks(profile, standing, t)}</p>
    </div>
    <div class="profile__actions">${!about?.isBlocked && actions(profile, relation, t)}${about && moreMenu(t.reading.more, about.items)}</div>
    <div class="profile__about">
      <div class="prose">${profile.summaryHtml}</div>
      ${about?.note && html`<p class="profile__note"><bdi>${t.relations.yourNote(about.note)}</bdi></p>`}
      ${counts(profile, relation.kind === 'own', t)}
      ${profile.featuredTags.length > 0 && featured(profile, t)}
    </div>
    ${profile.fields.length > 0 && fields(profile, t)}
  </header>`
}

function marks(profile: ProfileValue, { relation, about }: Standing, t: Translator): Html {
  return html`<span class="mark-word">${t.actorTypes[profile.type]}</span>${
    profile.isLocked && html`<span class="mark-word">${icon('lock')}${t.profile.locked}</span>`
  }${relation.kind === 'other' && relation.followsYou && html`<span class="mark-word mark-word--on">${t.profile.followsYou}</span>`}${about?.isMuted && html`<span class="mark-word">${icon('covered')}${t.relations.mutedWord}</span>`}${
    about?.isBlocked && html`<span class="mark-word">${icon('close')}${t.relations.blockedWord}</span>`
  }`
}

function actions(profile: ProfileValue, relation: ProfileRelation, t: Translator): Html {
  if (relation.kind === 'own') {
    return html`${linkButton({ href: relation.createHref, label: t.profile.create, icon: 'create', kind: 'primary' })}${linkButton({ href: relation.editHref, label: t.profile.edit })}`
  }
  if (relation.kind === 'other') return followButton(profile, relation, t)
  const { original } = profile
  const body = html`<div class="follow-way__panel">
    <p>${t.profile.elsewhereText}</p>
    ${copyable(addressOf(profile), t)}
    ${original && html`<p><a href="${original.href}" rel="noopener">${t.profile.original(original.host)}</a></p>`}
  </div>`
  const word = profile.isLocked ? t.profile.askToFollow : t.profile.follow
  return disclosure({ name: 'follow-way', summary: html`<span class="button button--primary">${word}</span>`, body })
}

function followButton(
  profile: ProfileValue,
  relation: Extract<ProfileRelation, { kind: 'other' }>,
  t: Translator,
): Html {
  if (relation.state === 'none') {
    const label = profile.isLocked ? t.profile.askToFollow : t.profile.follow
    return postButton({ action: relation.followAction, label, kind: 'primary' })
  }
  const isFollowing = relation.state === 'following'
  const undo = postButton({
    action: relation.unfollowAction,
    label: isFollowing ? t.profile.unfollow : t.profile.withdraw,
    kind: 'plain',
  })
  const state = html`<span class="mark-word mark-word--on">${icon('check')}${isFollowing ? t.profile.followingNow : t.profile.requested}</span>`
  return html`${state}${undo}`
}

// Who it is only their team sees: nobody else is led to a list that is not shown.
function counts(profile: ProfileValue, isOwn: boolean, t: Translator): Html {
  const rows: readonly (readonly [number, string, string | null])[] = [
    [profile.postsCount, t.profile.posts(profile.postsCount), null],
    [profile.followersCount, t.profile.followers(profile.followersCount), `${profile.href}/followers`],
    [profile.followingCount, t.profile.following(profile.followingCount), `${profile.href}/following`],
  ]
  const line = (count: number, word: string) => html`<strong>${t.format.number(count)}</strong> ${word}`
  return html`<ul class="counts" aria-label="${t.profile.counts}">${rows.map(
    ([count, word, href]) =>
      html`<li>${href && isOwn ? html`<a class="counts__link" href="${href}">${line(count, word)}</a>` : line(count, word)}</li>`,
  )}</ul>`
}

function featured({ featuredTags }: ProfileValue, t: Translator): Html {
  return html`<ul class="counts" aria-label="${t.pages.featuredTags}">${featuredTags.map(
    ({ label, href }) => html`<li><a href="${href}" rel="tag">#<bdi>${label}</bdi></a></li>`,
  )}</ul>`
}

function fields({ fields: values, emojis }: ProfileValue, t: Translator): Html {
  return html`<dl class="facts" aria-label="${t.profile.fields}">${values.map(
    ({ name, valueHtml, verifiedAt }) =>
      html`<div class="facts__row"><dt>${emojiText(name, emojis)}</dt><dd>${valueHtml}${verifiedAt && verified(verifiedAt, t)}</dd></div>`,
  )}</dl>`
}

function verified(at: Date, t: Translator): Html {
  const words = t.profile.verified(t.format.date(at))
  return html`<span class="verified" title="${words}">${icon('check')}<span class="visually-hidden">${words}</span></span>`
}
