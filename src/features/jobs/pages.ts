import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { notFound } from '#src/errors.ts'
import { administratorOf } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { jobList } from '#src/web/components/job-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { countParked, type JobPlace, jobKinds, listParked } from './queries.ts'
import { discardJobs, jobName, readJobName, requeueJobs } from './service.ts'

/** Lines on one page. */
const pageLength = 50

const kind = z.enum(jobKinds).nullish().catch(null)
const query = z.object({ kind, after: z.string().default('').catch('') })
const body = z.object({ act: z.enum(['requeue', 'discard']), kind, job: z.string().optional() })

/** What was given up, for administrators, who have it tried again or throw it away. */
export function registerJobPages(app: App, ctx: Ctx): void {
  const config = { access: 'session' } as const
  app.get(paths.jobs, { config, schema: { querystring: query } }, async (request, reply) => {
    administratorOf(request)
    const wanted = request.query.kind ?? null
    const [jobs, counts] = await Promise.all([
      listParked(ctx.db, {
        kinds: wanted ? [wanted] : jobKinds,
        after: readPlace(request.query.after),
        limit: pageLength + 1,
      }),
      countParked(ctx.db),
    ])
    const shown = jobs.slice(0, pageLength)
    const last = jobs.length > pageLength ? shown.at(-1) : undefined
    const place = last && new URLSearchParams({ ...(wanted ? { kind: wanted } : {}), after: writePlace(last) })
    const t = translatorFor(localeOf(request))
    const lines = shown.map((job) => ({ ...job, name: jobName(job), at: job.parkedAt }))
    const value = { jobs: lines, counts, kind: wanted, nextHref: place ? `${paths.jobs}?${place}` : null }
    return sendPage(request, reply, { title: t.jobs.title, isIndexable: false, body: jobList(value, ctx.now(), t) })
  })
  app.post(paths.jobs, { config, schema: { body } }, async (request, reply) => {
    const by = administratorOf(request)
    const { act, job, kind: every = null } = request.body
    const named = job === undefined ? null : readJobName(job)
    if (job !== undefined && !named) throw notFound()
    const choice = named ?? { kind: every, key: null }
    const count = await (act === 'requeue' ? requeueJobs : discardJobs)(ctx, choice, by)
    const { jobs: words } = translatorFor(localeOf(request))
    setFlash(reply, { kind: 'done', text: act === 'requeue' ? words.requeued(count) : words.discarded(count) })
    return reply.redirect(every ? `${paths.jobs}?kind=${every}` : paths.jobs, 303)
  })
}

const writePlace = ({ parkedAt, key }: { parkedAt: Date; key: string }) => `${parkedAt.getTime()}:${key}`

/** What is no place is the beginning: people mend no addresses. */
function readPlace(text: string): JobPlace | null {
  const [, at, key] = /^(\d{1,14}):(\d+(?:-\d+)?)$/.exec(text) ?? []
  return at && key ? { at: new Date(Number(at)), key } : null
}
