import { type Translator, translatorFor } from '#src/locales/translator.ts'
import type { ActorValue } from '#src/web/components/actor.ts'
import { composeForm } from '#src/web/components/compose-form.ts'
import { consentCode, consentForm } from '#src/web/components/consent-form.ts'
import { followRequestList } from '#src/web/components/follow-request-list.ts'
import { landingView } from '#src/web/components/landing.ts'
import { loginForm } from '#src/web/components/login-form.ts'
import type { LayoutViewer } from '#src/web/components/navigation.ts'
import type { PictureValue } from '#src/web/components/picture.ts'
import type { GridItem } from '#src/web/components/picture-grid.ts'
import type { PollValue } from '#src/web/components/poll.ts'
import { type PostValue, postArticle } from '#src/web/components/post.ts'
import { conversation } from '#src/web/components/post-card.ts'
import { type ProfileValue, profileHeader } from '#src/web/components/profile-header.ts'
import { profilePosts } from '#src/web/components/profile-posts.ts'
import { type ScheduledValue, scheduledList } from '#src/web/components/scheduled-list.ts'
import { settingsForm } from '#src/web/components/settings-form.ts'
import { setupForm } from '#src/web/components/setup-form.ts'
import { type Html, html } from '#src/web/html.ts'
import { readingSamples } from './reading-samples.ts'

/** The moment at which the sample pages are seen. */
export const sampleNow = new Date('2026-11-24T12:00:00Z')

/** An organisation of this instance. */
export const sampleActor: ActorValue & { id: string } = {
  id: '1',
  name: 'Maison Dupont',
  handle: 'maison',
  host: 'maison.example',
  href: '/@maison',
  avatarUrl: null,
  type: 'Organization',
}

/** Somebody who acts as it and may act as another one. */
export const sampleViewer: LayoutViewer = {
  actor: sampleActor,
  pendingFollowRequests: 3,
  unreadNotifications: 3,
  identities: [
    {
      ...sampleActor,
      ...{ id: '2', name: 'Atelier Nord', handle: 'atelier', href: '/@atelier' },
      ...{ pendingFollowRequests: 2, unreadNotifications: 1 },
    },
  ],
}

/** A described picture in two sizes. */
export const samplePicture: PictureValue = {
  src: '/media/a/2048.jpg',
  sizes: [
    { url: '/media/a/640.jpg', width: 640 },
    { url: '/media/a/2048.jpg', width: 2048 },
  ],
  webp: [{ url: '/media/a/640.webp', width: 640 }],
  width: 1600,
  height: 1200,
  alt: 'A loaf of bread',
  blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
  focus: { x: 0.5, y: -1 },
}

/** A public post with one picture. */
export const samplePost: PostValue = {
  id: '1',
  boostedBy: null,
  readers: null,
  isLocked: false,
  products: [],
  actions: null,
  href: '/@maison/1',
  author: sampleActor,
  contentHtml: html`<p>First batch</p>`,
  language: 'en',
  spoilerText: '',
  isSensitive: false,
  filteredBy: null,
  isPinned: false,
  pictures: [samplePicture],
  poll: null,
  card: null,
  quote: null,
  visibility: 'public',
  publishedAt: new Date('2026-11-24T09:00:00Z'),
  editedAt: null,
  likesCount: 2,
  boostsCount: 0,
  reactions: [
    { emoji: '🎉', count: 2, picture: null },
    { emoji: ':kiln:', count: 1, picture: { shortcode: 'kiln', url: '/emojis/kiln/remote' } },
  ],
  inReplyTo: null,
  original: null,
}

/** A profile with all that it can have. */
export const sampleProfile: ProfileValue = {
  ...sampleActor,
  headerUrl: '/media/h/1500.jpg',
  summaryHtml: html`<p>Bakers</p>`,
  fields: [
    { name: 'Site', valueHtml: html`<a href="https://maison.example">maison.example</a>`, verifiedAt: sampleNow },
  ],
  isLocked: true,
  postsCount: 1,
  followersCount: 1_203,
  followingCount: 37,
  featuredTags: [{ label: 'pain', href: '/tags/pain' }],
  original: null,
}

/** A post in a grid. */
export const sampleItem: GridItem = {
  href: '/@maison/1',
  authorName: 'Maison Dupont',
  picture: samplePicture,
  pictureCount: 1,
  excerpt: 'First batch',
  isCovered: false,
  filteredBy: null,
  isPinned: false,
}

const noPager = { newerHref: null, olderHref: null }
const slots = { stored: [], maxPictures: 10, maxMegabytes: 16, maxAltCharacters: 1_500, accept: 'image/jpeg' }

/** The fields of a poll that nobody has asked for. */
export const samplePollFields = {
  options: ['', '', '', ''],
  lasts: '86400',
  durations: [{ value: '86400', label: '1 day' }],
  isMultiple: false,
  hidesTotals: false,
  maxCharacters: 50,
  isAsked: false,
}

/** A poll in which its reader may vote. */
export const samplePoll: PollValue = {
  id: '1',
  voteAction: '/@maison/1/vote',
  isMultiple: false,
  isExpired: false,
  endsAt: new Date('2026-11-25T09:00:00Z'),
  votes: 3,
  voters: 3,
  options: [
    { title: 'Rye', votes: 2, isMine: false },
    { title: 'Wheat', votes: 1, isMine: false },
  ],
}

const sampleScheduled: ScheduledValue = {
  id: '7',
  excerpt: 'Fresh bread',
  when: 'Sunday 28 March 2027 at 09:00',
  at: '2027-03-28T09:00',
  visibility: 'public',
  isAnswer: true,
  hasPoll: true,
  pictures: [samplePicture],
  problem: 'One of its pictures is no longer there.',
}

/** The form for a new post, with all places for pictures free. */
export function sampleComposeForm(t: Translator): Html {
  return composeForm(
    {
      action: '/compose',
      isEdit: false,
      quotePolicy: 'followers',
      products: { choices: [], chosen: [], mostProducts: 5, mostPictures: 10 },
      actor: sampleActor,
      text: '',
      spoilerText: '',
      isSensitive: false,
      visibility: 'public',
      language: 'en',
      languages: [{ value: 'en', label: 'English' }],
      maxCharacters: 5_000,
      pictures: slots,
      poll: samplePollFields,
      later: { at: '', zone: 'Europe/Paris', zones: ['Europe/Paris', 'UTC'], isGuessed: true },
      errors: { text: 'Write something' },
    },
    t,
  )
}

/** Somebody who asks to follow. */
export function sampleRequests(t: Translator): Html {
  const request = {
    actor: {
      ...sampleActor,
      name: 'Zoé',
      handle: 'zoe',
      href: '/@zoe@b.example',
      host: 'b.example',
      type: 'Person' as const,
    },
    requestedAt: sampleNow,
    note: 'Hello',
    accountSince: sampleNow,
    postsCount: 3,
    mutualsCount: 1,
    isFirstFromHost: true,
    latestPictures: [samplePicture],
    approveAction: '/requests/9/approve',
    refuseAction: '/requests/9/refuse',
  }
  return followRequestList({ actor: sampleActor, requests: [request], pager: noPager, now: sampleNow }, t)
}

/** The form for the profile. */
export function sampleSettings(t: Translator): Html {
  return settingsForm(
    {
      action: '/settings/profile',
      actor: sampleActor,
      quotePolicy: 'followers',
      replyChoice: 'asked' as const,
      avatarAlt: null,
      headerUrl: '/media/h/1500.jpg',
      headerAlt: 'A street',
      maxAltCharacters: 1_500,
      visibility: 'public',
      isSensitive: false,
      language: 'fr',
      expandsMedia: 'default',
      expandsSpoilers: false,
      languages: [{ value: 'fr', label: 'French' }],
      name: 'Maison',
      summary: '\nBakers',
      fields: [],
      maxFields: 4,
      maxNameCharacters: 80,
      maxSummaryCharacters: 500,
      isLocked: true,
      isDiscoverable: false,
      isIndexable: false,
      accept: 'image/jpeg',
    },
    t,
  )
}

/** The bodies of all pages of the frame, by name, in a language. */
export function samplePages(locale: 'en' | 'fr'): Readonly<Record<string, Html>> {
  const t = translatorFor(locale)
  const profile = sampleProfile
  const own = { kind: 'own', editHref: '/settings/profile', createHref: '/compose' } as const
  const actions = {
    like: { action: '/like', isOn: true },
    deleteAction: '/delete',
    editHref: '/edit',
    answerFrom: 'https://x',
  }
  const covered = { ...samplePost, spoilerText: 'Sun', isSensitive: true, pictures: [samplePicture, samplePicture] }
  const identities = [{ ...sampleActor, summary: 'Bakers' }]
  const place = { name: 'Maison', description: 'Bakers', identityCount: 2, contactEmail: 'a@b.example' }
  return {
    landing: landingView(
      { instance: place, identities, pictures: [sampleItem], isSignedIn: false, signUp: '/signup' },
      t,
    ),
    login: loginForm(
      {
        action: '/login',
        next: '/',
        email: 'a@b.example',
        app: 'Phanpy',
        signUp: '/signup',
        forgotten: '/login/forgotten',
        error: t.login.failed,
      },
      t,
    ),
    setup: setupForm(
      {
        action: '/setup',
        token: 'x',
        host: 'a.example',
        instanceName: '',
        instanceDescription: '',
        organizationName: '',
        handle: '',
        email: '',
        minPasswordCharacters: 12,
        errors: { handle: 'Taken' },
      },
      t,
    ),
    consent: consentForm(
      {
        action: '/oauth/authorize',
        app: { name: 'Phanpy', website: 'https://phanpy.social' },
        scopes: ['read', 'write'],
        identities: [sampleActor],
        chosenId: null,
        hidden: { state: 's' },
        returnHost: 'phanpy.social',
        email: 'a@b.example',
      },
      t,
    ),
    code: consentCode({ app: 'toot', code: 'abc' }, t),
    profile: html`${profileHeader(profile, { relation: own, about: null }, t)}${profilePosts({ profile, relation: own, items: [sampleItem], pager: { newerHref: '?a', olderHref: '?b' } }, t)}`,
    post: html`${postArticle(samplePost, { now: sampleNow, actions }, t)}${conversation({ title: t.post.replies(1), posts: [covered] }, sampleNow, t)}`,
    polled: postArticle({ ...samplePost, pictures: [], poll: samplePoll }, { now: sampleNow, actions: {} }, t),
    voted: postArticle(
      { ...samplePost, poll: { ...samplePoll, voteAction: null } },
      { now: sampleNow, actions: {} },
      t,
    ),
    scheduled: scheduledList({ posts: [sampleScheduled], zone: 'Europe/Paris' }, t),
    nothingScheduled: scheduledList({ posts: [], zone: 'UTC' }, t),
    covered: postArticle(covered, { now: sampleNow, actions: {} }, t),
    compose: sampleComposeForm(t),
    requests: sampleRequests(t),
    settings: sampleSettings(t),
    ...readingSamples(locale, { actor: sampleActor, post: samplePost, now: sampleNow }),
  }
}
