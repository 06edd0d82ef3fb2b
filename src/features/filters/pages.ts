import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { isId } from '#src/core/ids.ts'
import { notFound, Problem } from '#src/errors.ts'
import { actingViewer } from '#src/http/auth.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { type FilterFormValue, filterForm, filterList } from '#src/web/components/filter-forms.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { filterBody, toFilterChanges, toFilterDraft } from './fields.ts'
import { filterLimits, requireFiltering } from './policy.ts'
import { findFilter, listFilters, type WholeFilter } from './queries.ts'
import { createFilter, editFilter, removeFilter } from './service.ts'

const config = { access: 'session' } as const

const keywordLines = z.array(z.record(z.string(), z.unknown())).catch([])

const anything = z.record(z.string(), z.unknown()).catch({})

/** A form as the client API has it: what browsers leave out is said, and a word that was emptied is to go. */
function asForClients(form: unknown): Record<string, unknown> {
  const { expires_in: expiresIn, ...sent } = anything.parse(form)
  const lines = keywordLines.parse(sent.keywords_attributes)
  return {
    context: [],
    ...sent,
    ...(expiresIn === 'keep' ? {} : { expires_in: expiresIn }),
    keywords_attributes: lines.map((line) => ({
      whole_word: 'false',
      ...line,
      ...(line.id !== undefined && line.keyword === '' ? { keyword: null, _destroy: 'true' } : {}),
    })),
  }
}

const formBody = z.preprocess(asForClients, filterBody)

type Sent = z.output<typeof formBody>

/** What an identity does not want to read: its filters, to make, change and delete. */
export function registerFilterPages(app: App, ctx: Ctx): void {
  app.get(paths.settingsFilters, { config }, (request, reply) => sendList(ctx, request, reply))
  app.get(`${paths.settingsFilters}/new`, { config }, async (request, reply) => sendForm(request, reply, fresh))
  app.post(paths.settingsFilters, { config, schema: { body: formBody } }, async (request, reply) => {
    const draft = toFilterDraft(request.body, ctx.now())
    // A new filter has no words that are there already.
    if (!draft) throw notFound()
    return save(request, reply, {
      act: () => createFilter(ctx, actingViewer(request), draft),
      value: typedOf(request.body, null),
    })
  })
  registerOne(app, ctx)
}

function registerOne(app: App, ctx: Ctx): void {
  const path = `${paths.settingsFilters}/:id`
  app.get(path, { config, schema: { params: idParams } }, async (request, reply) =>
    sendForm(request, reply, toValue(await ownFilter(ctx, request, request.params.id))),
  )
  app.post(path, { config, schema: { params: idParams, body: formBody } }, async (request, reply) => {
    const filter = await ownFilter(ctx, request, request.params.id)
    const changes = toFilterChanges(request.body, ctx.now())
    return save(request, reply, {
      act: () => editFilter(ctx, actingViewer(request), filter.id, changes),
      value: typedOf(request.body, filter),
    })
  })
  app.post(`${path}/delete`, { config, schema: { params: idParams } }, async (request, reply) => {
    await removeFilter(ctx, actingViewer(request), request.params.id)
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).filters.deleted })
    return reply.redirect(paths.settingsFilters, 303)
  })
}

async function ownFilter(ctx: Ctx, request: FastifyRequest, id: string): Promise<WholeFilter> {
  const viewer = actingViewer(request)
  requireFiltering(viewer)
  const filter = isId(id) ? await findFilter(ctx.db, viewer.actorId, id) : null
  if (!filter) throw notFound()
  return filter
}

type Saving = Readonly<{ act: () => Promise<unknown>; value: FilterFormValue }>

async function save(request: FastifyRequest, reply: FastifyReply, { act, value }: Saving): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  try {
    await act()
  } catch (error) {
    if (!(error instanceof Problem) || !error.details) throw error
    return sendForm(request, reply, { ...value, errors: sentencesOf(error.details, t) })
  }
  setFlash(reply, { kind: 'done', text: t.filters.saved })
  return reply.redirect(paths.settingsFilters, 303)
}

function sentencesOf(details: NonNullable<Problem['details']>, t: Translator): FilterFormValue['errors'] {
  const { problems } = t.filters
  const fields = (['title', 'context', 'keyword'] as const).filter((field) => details[field])
  if (fields.length > 0) return Object.fromEntries(fields.map((field) => [field, problems[field]]))
  const isTooMany = ['filters', 'keywords', 'posts'].some((kind) => details[kind])
  return { other: isTooMany ? problems.tooMany : problems.other }
}

const limits = { maxTitleCharacters: filterLimits.title, maxKeywordCharacters: filterLimits.keyword }

const fresh: FilterFormValue = {
  id: null,
  title: '',
  contexts: ['home', 'notifications', 'public', 'thread'],
  action: 'warn',
  expiresAt: null,
  keywords: [],
  ...limits,
  errors: {},
}

function toValue({ id, title, contexts, action, expiresAt, keywords }: WholeFilter): FilterFormValue {
  return { id, title, contexts, action, expiresAt, keywords, ...limits, errors: {} }
}

/** What was typed, to be put right. */
function typedOf(sent: Sent, filter: WholeFilter | null): FilterFormValue {
  const lines = (sent.keywords_attributes ?? []).filter(({ id, keyword }) => id !== null || keyword)
  return {
    id: filter?.id ?? null,
    title: sent.title ?? '',
    contexts: sent.context ?? [],
    action: sent.filter_action ?? 'warn',
    expiresAt: sent.expires_in === undefined ? (filter?.expiresAt ?? null) : null,
    keywords: lines.map(({ id, keyword, whole_word: isWholeWord }) => ({
      id,
      keyword: keyword ?? '',
      isWholeWord: isWholeWord ?? false,
    })),
    ...limits,
    errors: {},
  }
}

async function sendList(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  requireFiltering(viewer)
  const t = translatorFor(localeOf(request))
  const now = ctx.now()
  const lines = (await listFilters(ctx.db, viewer.actorId)).map(({ id, title, keywords, posts, expiresAt }) => ({
    id,
    title,
    keywords: keywords.map(({ keyword }) => keyword),
    postsCount: posts.length,
    expiresAt,
    isExpired: expiresAt !== null && expiresAt <= now,
  }))
  return sendPage(request, reply, { title: t.filters.title, isIndexable: false, body: filterList(lines, t) })
}

async function sendForm(request: FastifyRequest, reply: FastifyReply, value: FilterFormValue): Promise<FastifyReply> {
  requireFiltering(actingViewer(request))
  const t = translatorFor(localeOf(request))
  return sendPage(request, reply, {
    title: value.id === null ? t.filters.add : t.filters.editTitle(value.title),
    isIndexable: false,
    status: Object.keys(value.errors).length > 0 ? 422 : 200,
    body: filterForm(value, t),
  })
}
