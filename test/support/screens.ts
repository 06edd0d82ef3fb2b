import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type { Ctx, Viewer } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { cards } from '#src/db/schema/cards.ts'
import { seedDemo } from '#src/demo/main.ts'
import { findLocalActor } from '#src/features/actors/queries.ts'
import { dismissAnnouncement, publishAnnouncement } from '#src/features/announcements/service.ts'
import { prepareSetup } from '#src/features/instance/service.ts'
import { getOwnMedia, storeUpload } from '#src/features/media/service.ts'
import { registerApp } from '#src/features/oauth/apps.ts'
import { createToken } from '#src/features/oauth/service.ts'
import { createPost } from '#src/features/posts/create.ts'
import { voteOnPost } from '#src/features/posts/poll.ts'
import { deletePost } from '#src/features/posts/remove.ts'
import { markFailure } from '#src/features/schedule/queries.ts'
import { schedulePost } from '#src/features/schedule/service.ts'
import { createInvite } from '#src/features/users/invites.ts'
import { findUserByEmail } from '#src/features/users/queries.ts'
import { makeResetLink } from '#src/features/users/reset.ts'
import { eventually } from './eventually.ts'
import { make, PASSWORD } from './make.ts'
import { answerScreens, letAnswer } from './screen-answers.ts'
import { gatherGroups, groupScreens } from './screen-groups.ts'
import { moderate, moderationScreens } from './screen-moderation.ts'
import { productScreens, stockShelves } from './screen-products.ts'
import { letRegister, registrationScreens } from './screen-registrations.ts'
import { moveAway, relate, relationScreens } from './screen-relations.ts'

/**
 * Who looks at a screen: nobody who is known, the owner of the house, somebody whose first day it is, somebody whose planned post could not be
 * published, or a login without an identity.
 */
export type Who = 'stranger' | 'owner' | 'newcomer' | 'planner' | 'nobody'

/** One state of one page. */
export type Screen = Readonly<{
  name: string
  who: Who
  path: string
  status?: number
  /** What is done on the page before it is looked at. */
  act?: (page: Page) => Promise<void>
}>

/** A house full of life, and how each of those who look at it signs in. */
export type House = Readonly<{
  screens: readonly Screen[]
  logins: Readonly<Record<Exclude<Who, 'stranger'>, Readonly<{ userId: string; actorId: string | null }>>>
}>

const everyScope = ['read', 'write', 'follow', 'push']
const picture = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer()

const longName = 'Société coopérative des boulangères et boulangers de la vallée de l’Eyrieux et des Boutières réunies'
const unbroken = `https://example.org/${'an-address-without-a-place-to-break-'.repeat(6)}end`

/** Fills an instance with the demonstration, and with what a demonstration leaves out: long names, odd pictures, warnings, nothing. */
export async function furnish(ctx: Ctx): Promise<House> {
  await seedDemo(ctx)
  const user = await findUserByEmail(ctx.db, 'demo@entremise.example')
  const levain = await findLocalActor(ctx.db, 'levain')
  if (!user || !levain) throw new Error('the demonstration has changed')
  const owner: Viewer = { userId: user.id, actorId: levain.id, role: 'owner', scopes: everyScope, appId: null }
  const newcomer = await make.actor(ctx, { handle: 'neuf', name: longName, type: 'Organization' })
  const nobody = await make.user(ctx)
  const planner = await make.actor(ctx, { handle: 'plume', name: 'Plume' })
  const posts = await writePosts(ctx, owner, newcomer.viewer)
  const polls = await askPolls(ctx, newcomer.viewer, owner)
  const quotes = await quote(ctx, owner, newcomer.viewer)
  const answers = await letAnswer(ctx, owner, newcomer.viewer)
  await plan(ctx, owner)
  await planInVain(ctx, planner.viewer)
  const far = await letAsk(ctx, levain.id)
  const relations = await relate(ctx, owner, newcomer.viewer)
  await moveAway(ctx, { from: planner.viewer, to: newcomer.viewer, owner })
  const moderation = await moderate(ctx, owner)
  const shelves = await stockShelves(ctx, owner)
  const groups = await gatherGroups(ctx, owner, newcomer.viewer)
  const app = await registerApps(ctx, owner)
  const registering = await letRegister(ctx)
  const { link } = await makeResetLink(ctx, await make.user(ctx), 'handed')
  const reset = new URL(link).pathname
  const invites = await invite(ctx, levain.id)
  const card = await linkTo(ctx, owner)
  await announce(ctx, [owner, newcomer.viewer, { userId: nobody.id }])
  const places = {
    ...posts,
    ...polls,
    ...quotes,
    ...invites,
    ...relations,
    ...registering,
    ...moderation,
    far,
    app,
    card,
    reset,
  }
  return {
    screens: [
      ...publicScreens(places),
      ...doorScreens(places),
      ...ownScreens(places),
      ...answerScreens(answers),
      ...relationScreens(places),
      ...registrationScreens(places),
      ...moderationScreens(places),
      ...productScreens(shelves),
      ...groupScreens(groups),
      ...errorScreens(places),
    ],
    logins: {
      owner: { userId: user.id, actorId: levain.id },
      newcomer: { userId: newcomer.viewer.userId, actorId: newcomer.actor.id },
      planner: { userId: planner.viewer.userId, actorId: planner.actor.id },
      nobody: { userId: nobody.id, actorId: null },
    },
  }
}

type Places = Awaited<ReturnType<typeof writePosts>> &
  Awaited<ReturnType<typeof askPolls>> &
  Awaited<ReturnType<typeof quote>> &
  Awaited<ReturnType<typeof relate>> &
  Awaited<ReturnType<typeof invite>> &
  Awaited<ReturnType<typeof letRegister>> &
  Awaited<ReturnType<typeof moderate>> &
  Readonly<{ far: string; app: string; card: string; reset: string }>

async function upload(ctx: Ctx, viewer: Viewer, file: Buffer, description: string): Promise<string> {
  const { id } = await storeUpload(ctx, viewer, { stream: Readable.from([file]), description })
  await eventually(async () => {
    if ((await getOwnMedia(ctx, viewer, id)).state !== 'ready') throw new Error('the picture is not ready')
  })
  return id
}

async function writePosts(ctx: Ctx, owner: Viewer, newcomer: Viewer) {
  const rows = await ctx.db.$client<{ id: string; handle: string; content: string }[]>`
    select posts.id::text as id, handle, content from posts join actors on actors.id = posts.actor_id
    where boost_of_id is null and host is null`
  const pathOf = (word: string) => {
    const row = rows.find(({ content }) => content.includes(word))
    if (!row) throw new Error(`the demonstration says nothing of ${word}`)
    return `/@${row.handle}/${row.id}`
  }
  const several: string[] = []
  for (const [width, height, colour] of [
    [1800, 500, '#46645c'],
    [500, 1500, '#b08d57'],
    [900, 900, '#7d3b2e'],
  ] as const)
    several.push(await upload(ctx, owner, await picture(width, height, colour), `A field of one colour, ${colour}`))
  const at = (viewer: Viewer) => (viewer === owner ? '/@levain' : '/@neuf')
  const write = async (viewer: Viewer, draft: Parameters<typeof createPost>[2]) =>
    `${at(viewer)}/${await createPost(ctx, viewer, { language: 'en', ...draft })}`
  const odd = await write(owner, { text: 'A panorama, a tower and a square. #formats', mediaIds: several })
  const warned = await write(owner, {
    text: 'What is in the oven today, told at length.',
    spoilerText: 'Speaks of food',
    isSensitive: true,
    mediaIds: [await upload(ctx, owner, await picture(800, 1000, '#c8b08a'), 'A warm brown')],
  })
  const idOf = (path: string) => path.split('/').at(-1) ?? ''
  const words = await write(owner, {
    text: `Bonjour ! Les horaires de décembre :\n\n- mardi\n- mercredi\n\n${unbroken}\n\nÀ bientôt, ${'longmot'.repeat(20)}`,
    language: 'fr',
  })
  const answer = await write(newcomer, { text: 'Merci pour ces horaires.', language: 'fr', inReplyToId: idOf(words) })
  const second = await write(owner, { text: 'Avec plaisir !', language: 'fr', inReplyToId: idOf(answer) })
  await write(newcomer, { text: 'À samedi, alors.', language: 'fr', inReplyToId: idOf(second) })
  const removed = await write(owner, { text: 'Soon gone' })
  await deletePost(ctx, owner, idOf(removed), { deletesPictures: true })
  return {
    odd,
    warned,
    words,
    thread: second,
    removed,
    bread: pathOf('Première fournée'),
    glazes: pathOf('Quatre essais'),
  }
}

/** A post that links to a page with a picture and much to say of itself. */
async function linkTo(ctx: Ctx, { actorId }: Viewer): Promise<string> {
  const key = randomBytes(16).toString('hex')
  const bytes = await ctx.storage.put(`${key}/400.jpg`, await picture(400, 225, '#5d6b4a'))
  const url = 'https://www.journal.example/2026/11/la-foret-qui-revient'
  const [row] = await ctx.db
    .insert(cards)
    .values({
      url,
      title:
        'La forêt qui revient : vingt ans de friches dans les vallées ardéchoises, racontés par celles et ceux qui y marchent',
      description: 'Des terrasses abandonnées aux chênes verts. '.repeat(8),
      language: 'fr',
      providerName: 'Le Journal des vallées',
      authorName: 'Ada Martin',
      imageKey: key,
      imageWidth: 400,
      imageHeight: 225,
      imageVariants: [{ file: '400.jpg', mime: 'image/jpeg', width: 400, height: 225, bytes }],
      readAt: ctx.now(),
    })
    .returning({ id: cards.id })
  if (!row) throw new Error('the card was not made')
  const content = `<p>À lire : <a href="${url}">journal.example</a></p>`
  const post = await make.post(ctx, { actorId, content, language: 'fr', cardId: row.id })
  return `/@levain/${post.id}`
}

/** What everybody is told, and some have read. */
async function announce(ctx: Ctx, readers: readonly Pick<Viewer, 'userId'>[]): Promise<void> {
  const text =
    'Samedi, le serveur s’arrête une heure pour recevoir de nouveaux disques.\n\nDétails : https://example.org/disques'
  const [startsAt, endsAt] = [new Date('2031-01-04T08:00:00Z'), new Date('2031-01-04T09:00:00Z')]
  const id = await publishAnnouncement(ctx, { text, startsAt, endsAt, isAllDay: false })
  for (const reader of readers) await dismissAnnouncement(ctx, reader, id)
}

const hourMs = 3_600_000

/** A poll that somebody else may vote in, and one that they have voted in. */
async function askPolls(ctx: Ctx, asker: Viewer, voter: Viewer) {
  const ask = (text: string, isMultiple: boolean) =>
    createPost(ctx, asker, {
      text,
      language: 'fr',
      poll: {
        options: ['Seigle', 'Épeautre', 'Le grand pain de campagne, à la croûte noire'],
        lastsSeconds: 86_400,
        isMultiple,
        hidesTotals: false,
      },
    })
  const open = await ask('Quel pain samedi ?', false)
  const voted = await ask('Lesquels dimanche ? Plusieurs choix sont possibles.', true)
  await voteOnPost(ctx, voter, voted, [0, 2])
  return { poll: `/@neuf/${open}`, pollVoted: `/@neuf/${voted}` }
}

/** A quote, and one that waits for who is quoted. */
async function quote(ctx: Ctx, quoted: Viewer, quoting: Viewer) {
  const say = (text: string, quotePolicy: 'public' | 'asked') =>
    createPost(ctx, quoted, { text, language: 'fr', quotePolicy })
  const open = await say(`Le levain a besoin de temps. ${unbroken}`, 'public')
  const asked = await say('La recette de la maison', 'asked')
  const cite = (quotedId: string) =>
    createPost(ctx, quoting, { text: 'À lire avant samedi.', language: 'fr', quotedId })
  const [quotingId, askingId] = [await cite(open), await cite(asked)]
  const lists = { quotes: `/@levain/${open}/quotes`, quotesWaiting: `/@levain/${asked}/quotes?waiting=true` }
  return { quoting: `/@neuf/${quotingId}`, quoteAsked: `/@neuf/${askingId}`, quotable: open, ...lists }
}

/** What the owner says tomorrow, with a picture, and next week. */
async function plan(ctx: Ctx, owner: Viewer): Promise<void> {
  const later = (hours: number) => new Date(ctx.now().getTime() + hours * hourMs)
  const loaf = await upload(ctx, owner, await picture(1200, 800, '#9c6b3f'), 'Un brun de croûte')
  await schedulePost(ctx, owner, { text: 'Le four est chaud.', language: 'fr', mediaIds: [loaf] }, later(24))
  await schedulePost(ctx, owner, { text: `Samedi : ${unbroken}`, language: 'fr' }, later(24 * 7))
}

async function planInVain(ctx: Ctx, planner: Viewer): Promise<void> {
  const at = new Date(ctx.now().getTime() + hourMs)
  const planned = await schedulePost(ctx, planner, { text: 'Une réponse à ce qui n’est plus', language: 'fr' }, at)
  if (!('scheduledId' in planned)) throw new Error('nothing was planned')
  if (!(await transaction(ctx.db, (tx) => markFailure(tx, planned.scheduledId, 'parent', at))))
    throw new Error('it did not fail')
}

/** Somebody elsewhere who asks to follow, with a word; and who has said something here. */
async function letAsk(ctx: Ctx, levainId: string): Promise<string> {
  const summary = '<p>Pain et montagnes. Je lis plus que je n’écris.</p>'
  const far = await make.remoteActor(ctx, { handle: 'zoe', name: 'Zoé Lointaine', host: 'ailleurs.example', summary })
  await make.follow(ctx, {
    followerId: far.id,
    followeeId: levainId,
    state: 'pending',
    note: 'Nous nous sommes vus au marché.',
  })
  await make.post(ctx, {
    actorId: far.id,
    iri: `${far.iri}/notes/1`,
    content: '<p>Bonjour d’ailleurs.</p>',
  })
  return '/@zoe@ailleurs.example'
}

/** An app that may act already, and one that asks; the address at which it does. */
async function registerApps(ctx: Ctx, owner: Viewer): Promise<string> {
  const redirectUris = ['urn:ietf:wg:oauth:2.0:oob']
  const website = 'https://phanpy.example'
  const { app } = await registerApp(ctx, { name: 'Phanpy', redirectUris, scopes: 'read write follow push', website })
  await createToken(ctx, { userId: owner.userId, actorId: owner.actorId, scopes: everyScope, appId: app.id })
  const query = {
    client_id: app.clientId,
    redirect_uri: redirectUris[0] ?? '',
    response_type: 'code',
    scope: app.scopes,
  }
  return `/oauth/authorize?${new URLSearchParams({ ...query, scope: 'read write follow push' })}`
}

async function invite(ctx: Ctx, actorId: string) {
  const locale = 'fr'
  const pathOf = ({ link }: { link: string }) => new URL(link).pathname
  return {
    invitation: pathOf(await createInvite(ctx, null, { email: 'nina@mail.example', membership: null, locale })),
    teamInvitation: pathOf(
      await createInvite(ctx, null, { email: null, membership: { actorId, role: 'publisher' }, locale }),
    ),
  }
}

const submit = (page: Page) =>
  page.locator('main form button[type=submit], main form button:not([type])').last().click()
const fill = async (page: Page, fields: Readonly<Record<string, string>>) => {
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name="${name}"]`).fill(value)
}

function publicScreens({ odd, warned, words, thread, bread, poll, card, quoting }: Places): Screen[] {
  const who = 'stranger'
  return [
    { name: 'landing', who, path: '/' },
    { name: 'profile', who, path: '/@levain' },
    {
      name: 'profile-how-to-follow',
      who,
      path: '/@levain',
      act: (page) => page.locator('.follow-way__summary').click(),
    },
    { name: 'profile-posts', who, path: '/@levain/with_replies' },
    { name: 'profile-empty', who, path: '/@tom' },
    { name: 'profile-long-name', who, path: '/@neuf' },
    { name: 'post', who, path: bread },
    {
      name: 'post-pictures',
      who,
      path: odd,
      act: async (page) => {
        await page.locator('.alt__summary').first().click()
        await page.locator('.way__summary').click()
      },
    },
    { name: 'post-warning', who, path: warned },
    {
      name: 'post-warning-open',
      who,
      path: warned,
      act: async (page) => {
        await page.locator('.warning__summary').click()
        await page.locator('.veil__summary').click()
      },
    },
    { name: 'post-words', who, path: words },
    { name: 'thread', who, path: thread },
    { name: 'poll', who, path: poll },
    { name: 'quote', who, path: quoting },
    { name: 'post-card', who, path: card },
    { name: 'embed', who, path: `${bread}/embed` },
    { name: 'embed-warning', who, path: `${warned}/embed` },
    { name: 'tag', who, path: '/tags/formats' },
    { name: 'tag-empty', who, path: '/tags/nothing' },
    { name: 'api', who, path: '/api/docs', act: (page) => page.locator('.reference__summary').first().click() },
  ]
}

function doorScreens({ app, invitation, teamInvitation, reset }: Places): Screen[] {
  const wrong = { email: 'x', password: '1', name: 'Nina', handle: 'levain' }
  return [
    { name: 'login', who: 'stranger', path: '/login' },
    {
      name: 'login-failed',
      who: 'stranger',
      path: '/login',
      act: async (page) => {
        await fill(page, { email: 'somebody@mail.example', password: 'not the one' })
        await submit(page)
        await page.locator('[aria-invalid], [role=alert], .field__error').first().waitFor()
      },
    },
    { name: 'forgotten', who: 'stranger', path: '/login/forgotten' },
    {
      name: 'forgotten-sent',
      who: 'stranger',
      path: '/login/forgotten',
      act: async (page) => {
        await fill(page, { email: 'somebody.with.a.rather.long.address@mail.example' })
        await submit(page)
        await page.locator('.lead').waitFor()
      },
    },
    { name: 'reset', who: 'stranger', path: reset },
    { name: 'reset-over', who: 'stranger', path: '/login/reset/none', status: 404 },
    { name: 'login-for-app', who: 'stranger', path: app },
    { name: 'consent', who: 'owner', path: app },
    {
      name: 'consent-code',
      who: 'owner',
      path: app,
      act: async (page) => {
        await page.locator('[name=decision][value=allow]').click()
        await page.locator('.copyable').waitFor()
      },
    },
    { name: 'invitation', who: 'stranger', path: invitation },
    { name: 'invitation-team', who: 'stranger', path: teamInvitation },
    {
      name: 'invitation-errors',
      who: 'stranger',
      path: invitation,
      act: async (page) => {
        await letPass(page)
        await fill(page, wrong)
        await submit(page)
        await page.locator('.field__error').first().waitFor()
      },
    },
    { name: 'invitation-signed-in', who: 'newcomer', path: teamInvitation },
    { name: 'invitation-elsewhere', who: 'newcomer', path: invitation },
    { name: 'invitation-over', who: 'stranger', path: '/invite/none', status: 404 },
    { name: 'setup-closed', who: 'stranger', path: '/setup?token=x', status: 410 },
  ]
}

function ownScreens({
  bread,
  glazes,
  odd,
  warned,
  far,
  thread,
  poll,
  pollVoted,
  quoteAsked,
  quotable,
  quotes,
  quotesWaiting,
}: Places): Screen[] {
  const who = 'owner'
  const answerTo = (path: string) => `/compose?reply=${path.split('/').at(-1)}`
  const add = (page: Page, ...names: string[]) =>
    page.locator('[data-pick]').setInputFiles(names.map((name) => ({ name, mimeType: 'image/png', buffer: sample })))
  return [
    { name: 'home', who, path: '/' },
    { name: 'menu', who, path: '/', act: (page) => page.locator('.account__button').click() },
    { name: 'own-profile', who, path: '/@levain' },
    { name: 'own-profile-empty', who: 'newcomer', path: '/@neuf' },
    { name: 'other-profile', who, path: '/@atelier_brume' },
    { name: 'other-profile-asked', who: 'newcomer', path: '/@levain', act: (page) => ask(page) },
    { name: 'remote-profile', who, path: far },
    { name: 'own-post', who, path: odd },
    { name: 'other-post', who, path: glazes },
    { name: 'own-thread', who, path: thread },
    { name: 'poll-open', who, path: poll },
    { name: 'poll-voted', who, path: pollVoted },
    { name: 'quote-asked', who, path: quoteAsked },
    { name: 'quotes', who, path: quotes },
    { name: 'quotes-waiting', who, path: quotesWaiting },
    { name: 'quotes-none', who, path: quotesWaiting.replace('?waiting=true', '') },
    { name: 'compose-quote', who, path: `/compose?quote=${quotable}` },
    { name: 'scheduled', who, path: '/scheduled' },
    { name: 'scheduled-empty', who: 'newcomer', path: '/scheduled' },
    { name: 'scheduled-failed', who: 'planner', path: '/scheduled' },
    { name: 'announcement', who: 'planner', path: '/' },
    {
      name: 'delete-question',
      who,
      path: bread,
      act: (page) => page.locator('[popovertarget=delete-post]').first().click(),
    },
    { name: 'compose', who, path: '/compose' },
    {
      name: 'compose-filled',
      who,
      path: '/compose',
      act: async (page) => {
        await add(page, 'one.png', 'two.png')
        await page.locator('[data-list] [data-slot]').nth(1).waitFor()
        await page.locator('[data-list] textarea').first().fill('Un carré brun sur fond clair')
        await fill(page, { text: 'Deux essais de couleur. #émail' })
        await page.locator('.more__summary').last().click()
      },
    },
    {
      name: 'compose-errors',
      who,
      path: '/compose',
      act: async (page) => {
        await submit(page)
        await page.locator('.field__error').first().waitFor()
      },
    },
    { name: 'compose-answer', who, path: answerTo(glazes) },
    { name: 'edit', who, path: `${odd}/edit` },
    { name: 'edit-warned', who, path: `${warned}/edit` },
    { name: 'requests', who, path: '/requests' },
    { name: 'requests-empty', who: 'newcomer', path: '/requests' },
    { name: 'find', who, path: '/authorize_interaction' },
    { name: 'find-nothing', who, path: '/authorize_interaction?uri=@nobody_at_all', status: 404 },
    { name: 'find-unreadable', who, path: '/authorize_interaction?uri=not+an+address', status: 422 },
    { name: 'settings-profile', who, path: '/settings/profile' },
    { name: 'settings-profile-new', who: 'newcomer', path: '/settings/profile' },
    { name: 'settings-login', who, path: '/settings/login' },
    {
      name: 'settings-login-errors',
      who,
      path: '/settings/login',
      act: async (page) => {
        await fill(page, { current: 'not the one', password: PASSWORD })
        await page.locator('form:has([name=current]) button').click()
        await page.locator('.field__error').first().waitFor()
      },
    },
    { name: 'settings-apps', who, path: '/settings/apps' },
    { name: 'settings-apps-empty', who: 'newcomer', path: '/settings/apps' },
  ]
}

async function ask(page: Page): Promise<void> {
  const button = page.locator('form[action$="/follow"] button')
  if ((await button.count()) === 0) return
  await button.click()
  await page.locator('form[action$="/unfollow"] button').waitFor()
}

function errorScreens({ removed }: Places): Screen[] {
  return [
    { name: 'error-403', who: 'nobody', path: '/compose', status: 403 },
    { name: 'error-404', who: 'stranger', path: '/@nobody_here', status: 404 },
    { name: 'error-404-signed-in', who: 'owner', path: '/nowhere', status: 404 },
    { name: 'error-410', who: 'stranger', path: removed, status: 410 },
    { name: 'nobody-home', who: 'nobody', path: '/' },
    { name: 'nobody-settings', who: 'nobody', path: '/settings/login' },
  ]
}

const sample = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#8a5a3c' } })
  .png()
  .toBuffer()

/** Lets a form be sent as browsers do that check nothing. */
async function letPass(page: Page): Promise<void> {
  await page.locator('main form').evaluateAll((forms) => {
    for (const form of forms) form.setAttribute('novalidate', '')
  })
}

/** The screens of an instance that nobody has set up yet. */
export async function emptyHouse(ctx: Ctx): Promise<Screen[]> {
  const link = new URL((await prepareSetup(ctx)) ?? '')
  const path = `${link.pathname}${link.search}`
  return [
    { name: 'waiting', who: 'stranger', path: '/' },
    { name: 'setup', who: 'stranger', path },
    { name: 'signup-closed', who: 'stranger', path: '/signup', status: 403 },
    { name: 'setup-wrong', who: 'stranger', path: '/setup?token=wrong', status: 404 },
    {
      name: 'setup-errors',
      who: 'stranger',
      path,
      act: async (page) => {
        await letPass(page)
        await submit(page)
        await page.locator('.field__error').first().waitFor()
      },
    },
  ]
}
