import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { isId } from '#src/core/ids.ts'
import { makeToken } from '#src/core/secrets.ts'
import { toInstant } from '#src/core/zones.ts'
import { transaction } from '#src/db/client.ts'
import { notFound, Problem } from '#src/errors.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { requireStaying } from '#src/features/actors/move-queries.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { findPollOfPost } from '#src/features/polls/queries.ts'
import type { ProductWish } from '#src/features/products/posted.ts'
import { listPosted } from '#src/features/products/posted-queries.ts'
import { findUser, setTimeZone } from '#src/features/users/queries.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths, profilePath } from '#src/web/paths.ts'
import { begunAs, type ComposeInput, composeQuery, readComposeForm } from './compose-fields.ts'
import { withProblem } from './compose-problems.ts'
import { composeTitle, composeView } from './compose-views.ts'
import { createPost, type Draft } from './create.ts'
import { editPost } from './edit.ts'
import { fieldProblem, lockedProblem, narrower, requirePublisher } from './policy.ts'
import { noPoll, pollInputOf, toPollChange } from './poll-fields.ts'
import { listWares, productInputsOf, toProductWishes } from './product-fields.ts'
import { listPictures } from './publication-queries.ts'
import { findPost, findPostingDefaults, type Post } from './queries.ts'
import { findQuotable } from './quote.ts'
import { toQuotePolicy } from './quote-policy.ts'
import { loadShownPosts, type ShownPost } from './shown.ts'

const editParams = z.object({ handle: z.string(), id: z.string() })

/** What the form for a post is told by the feature that publishes later. */
export type LaterPosts = Readonly<{
  /** Publishes at an instant, or at once when that is past. */
  schedulePost(viewer: Viewer, draft: Draft, at: Date): Promise<Readonly<{ postId: string } | { scheduledId: string }>>
}>

/** The forms for writing a post and for changing one; both work without a script. */
export function registerComposePages(app: App, ctx: Ctx, later: LaterPosts): void {
  const access = 'session'
  app.get(paths.compose, { config: { access }, schema: { querystring: composeQuery } }, async (request, reply) => {
    const viewer = actingViewer(request)
    const { reply: replyTo, quote } = request.query
    requirePublisher(viewer, replyTo !== undefined)
    await requireStaying(ctx.db, viewer.actorId)
    const parent = replyTo === undefined ? null : await findParent(ctx, viewer, replyTo)
    if (replyTo !== undefined && !parent) throw notFound()
    if (parent?.row.isLocked) throw lockedProblem()
    const quotedId = quote === undefined ? null : (await findQuotable(ctx, viewer, quote)).post.id
    const input = await startInput(ctx, viewer, parent, translatorFor(localeOf(request)))
    const begun = parent ? input : { ...input, ...begunAs(request.query) }
    return sendForm(ctx, request, reply, { viewer, input: { ...begun, quotedId }, parent, post: null })
  })
  app.post(paths.compose, { config: { access } }, (request, reply) => publish(ctx, request, reply, later))

  const edit = { config: { access }, schema: { params: editParams } } as const
  app.get('/@:handle/:id/edit', edit, async (request, reply) => {
    const viewer = actingViewer(request)
    const post = await getOwnPost(ctx, viewer, request.params.id)
    return sendForm(ctx, request, reply, {
      viewer,
      input: await inputOf(ctx, post, translatorFor(localeOf(request))),
      parent: null,
      post,
    })
  })
  app.post('/@:handle/:id/edit', edit, (request, reply) => saveEdit(ctx, request, reply, request.params.id))
}

async function publish(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  later: LaterPosts,
): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  const t = translatorFor(localeOf(request))
  const input = await readComposeForm(request, { ctx, viewer, postId: null, t })
  const outcome = await attempt(input, t, () => send(ctx, viewer, input, later))
  if (outcome.done) return reply.redirect(await whereTo(ctx, viewer, { reply, input, done: outcome.done, t }), 303)
  const parent = outcome.input.replyTo ? await findParent(ctx, viewer, outcome.input.replyTo) : null
  return sendForm(ctx, request, reply, { viewer, input: outcome.input, parent, post: null })
}

type Done = Readonly<{ postId: string } | { scheduledId: string }>

async function send(ctx: Ctx, viewer: Viewer, input: ComposeInput, later: LaterPosts): Promise<Done> {
  const draft = {
    ...input,
    inReplyToId: input.replyTo,
    mediaIds: input.pictures.map(({ row }) => row.id),
    poll: toPollChange(input.poll, null, ctx.now()) ?? null,
    products: wishesOf(input),
    idempotencyKey: input.key || null,
  }
  if (input.scheduledAt === '') return { postId: await createPost(ctx, viewer, draft) }
  const at = toInstant(input.scheduledAt, input.timeZone || 'UTC')
  if (!at) throw fieldProblem('scheduled_at', 'ERR_BLANK', 'must be a moment')
  if (input.timeZone) await transaction(ctx.db, (tx) => setTimeZone(tx, viewer.userId, input.timeZone))
  // What a person types into a form is meant for later: a time that is past is a mistake.
  if (at <= ctx.now()) throw fieldProblem('scheduled_at', 'ERR_INVALID', 'is past')
  return later.schedulePost(viewer, draft, at)
}

function wishesOf({ products, pictures }: ComposeInput): ProductWish[] {
  return toProductWishes(
    products,
    pictures.map(({ row }) => row.id),
  )
}

type Sent = Readonly<{ reply: FastifyReply; input: ComposeInput; done: Done; t: Translator }>

async function whereTo(ctx: Ctx, viewer: Viewer, { reply, input, done, t }: Sent): Promise<string> {
  if ('postId' in done) return postPage(ctx, viewer, done.postId)
  const zone = input.timeZone || 'UTC'
  const at = toInstant(input.scheduledAt, zone)
  if (at) setFlash(reply, { kind: 'done', text: t.schedule.planned(t.format.inZone(at, zone)) })
  return paths.scheduled
}

async function saveEdit(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, id: string): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  const t = translatorFor(localeOf(request))
  const post = await getOwnPost(ctx, viewer, id)
  const input = await readComposeForm(request, { ctx, viewer, postId: post.id, t })
  const outcome = await attempt({ ...input, visibility: post.visibility }, t, async () => {
    const { text, spoilerText, isSensitive, language } = input
    const mediaIds = input.pictures.map(({ row }) => row.id)
    const pictures = input.pictures.map(({ row, alt }) => ({ id: row.id, description: alt || null }))
    const poll = toPollChange(input.poll, await findPollOfPost(ctx.db, post.id), ctx.now())
    const products = wishesOf(input)
    await editPost(ctx, viewer, post.id, {
      text,
      spoilerText,
      isSensitive,
      language,
      mediaIds,
      pictures,
      poll,
      products,
    })
    return { postId: post.id }
  })
  if (outcome.done) return reply.redirect(await postPage(ctx, viewer, post.id), 303)
  return sendForm(ctx, request, reply, { viewer, input: outcome.input, parent: null, post })
}

type Outcome = { done: Done } | { done: null; input: ComposeInput }

/** Publishes, or gives back what was typed with what is wrong. */
async function attempt(input: ComposeInput, t: Translator, act: () => Promise<Done>): Promise<Outcome> {
  if (Object.values(input.errors).some(Boolean)) return { done: null, input }
  try {
    return { done: await act() }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { done: null, input: withProblem(input, error, t) }
  }
}

async function postPage(ctx: Ctx, viewer: Viewer, id: string): Promise<string> {
  const { handle } = await getActor(ctx.db, viewer.actorId)
  return `${profilePath(handle)}/${id}`
}

async function findParent(ctx: Ctx, viewer: Viewer, id: string): Promise<ShownPost | null> {
  const [parent] = isId(id) ? await loadShownPosts(ctx, viewer.actorId, [id], null) : []
  return parent ?? null
}

async function getOwnPost(ctx: Ctx, viewer: Viewer, id: string): Promise<Post> {
  const post = await findPost(ctx.db, id)
  if (!post || post.deletedAt || post.boostOfId || post.actorId !== viewer.actorId) throw notFound()
  requirePublisher(viewer, post.inReplyToId !== null)
  return post
}

/** An empty form as the actor usually posts; an answer names whom it answers, and is for no more people than that. */
async function startInput(ctx: Ctx, viewer: Viewer, parent: ShownPost | null, t: Translator): Promise<ComposeInput> {
  const usual = await findPostingDefaults(ctx.db, viewer.actorId)
  return {
    text: parent ? namesOf(parent, viewer) : '',
    spoilerText: parent?.row.spoilerText ?? '',
    isSensitive: usual.isSensitive,
    visibility: parent ? narrower(usual.visibility, parent.row.visibility) : usual.visibility,
    language: usual.language ?? t.locale,
    replyTo: parent?.row.id ?? null,
    quotedId: null,
    quotePolicy: usual.quotePolicy,
    key: makeToken(),
    isReminded: false,
    pictures: [],
    poll: noPoll,
    products: [],
    scheduledAt: '',
    timeZone: '',
    errors: {},
  }
}

/** Everybody in the conversation but oneself, as one would type them. */
function namesOf({ row, author }: ShownPost, viewer: Viewer): string {
  const people = [{ actorId: author.id, handle: author.handle, host: author.host }, ...(row.mentions ?? [])]
  const names = people.filter(({ actorId }) => actorId !== viewer.actorId).map((person) => `@${acctOf(person)} `)
  return [...new Set(names)].join('')
}

async function inputOf(ctx: Ctx, post: Post, t: Translator): Promise<ComposeInput> {
  const [pictures, poll, posted] = await Promise.all([
    listPictures(ctx.db, post.id),
    findPollOfPost(ctx.db, post.id),
    listPosted(ctx.db, post.id),
  ])
  const mediaIds = pictures.map(({ id }) => id)
  const { spoilerText, isSensitive, visibility } = post
  return {
    text: post.source ?? '',
    spoilerText,
    isSensitive,
    visibility,
    language: post.language ?? t.locale,
    replyTo: null,
    quotedId: null,
    quotePolicy: toQuotePolicy(post),
    key: '',
    isReminded: false,
    pictures: pictures.map((row) => ({ row, alt: row.description ?? '' })),
    poll: pollInputOf(poll),
    products: productInputsOf(posted, mediaIds),
    scheduledAt: '',
    timeZone: '',
    errors: {},
  }
}

/** Where somebody is taken to live who has not said so, until a script asks the browser. */
const usualZones = { en: 'UTC', fr: 'Europe/Paris' } as const

type FormPage = Readonly<{ viewer: Viewer; input: ComposeInput; parent: ShownPost | null; post: Post | null }>

async function sendForm(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { viewer, input, parent, post }: FormPage,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const [actor, addresses, user, poll, quoted, wares] = await Promise.all([
    getActor(ctx.db, viewer.actorId),
    pictureAddresses(ctx),
    findUser(ctx.db, viewer.userId),
    post && findPollOfPost(ctx.db, post.id),
    input.quotedId ? findParent(ctx, viewer, input.quotedId) : null,
    listWares(
      ctx,
      viewer.actorId,
      input.products.map(({ productId }) => productId),
    ),
  ])
  const zone = { name: user?.timeZone ?? usualZones[t.locale], isGuessed: !user?.timeZone }
  const action = post ? `${profilePath(actor.handle)}/${post.id}/edit` : paths.compose
  const page = {
    ctx,
    addresses,
    actor,
    action,
    isEdit: post !== null,
    input,
    parent,
    quoted,
    zone,
    hasPoll: poll !== null,
    wares,
    now: ctx.now(),
  }
  return sendPage(request, reply, {
    title: composeTitle(page, t),
    width: 'wide',
    isIndexable: false,
    current: post ? 'profile' : 'create',
    status: Object.values(input.errors).some(Boolean) ? 422 : 200,
    scripts: ['form.js', 'compose.js'],
    body: composeView(page, t),
  })
}
