import type { Page } from 'playwright-core'
import type { Ctx, Viewer } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { storeFailures } from '#src/db/hosts.ts'
import { domainLists } from '#src/db/schema/blocks.ts'
import { activities } from '#src/db/schema/deliveries.ts'
import { relays } from '#src/db/schema/relays.ts'
import { ensureInbox } from '#src/features/actors/remote-queries.ts'
import { allowDomains, decideDomains, lenient } from '#src/features/domains/service.ts'
import { noteReport } from '#src/features/reports/answer.ts'
import { receiveReport } from '#src/features/reports/service.ts'
import { make } from './make.ts'
import type { Screen } from './screens.ts'

const longHost = `${'un-serveur-au-nom-sans-fin-'.repeat(3)}0.example`

/** Servers about which something is decided, somebody elsewhere who is reported, a list that cannot be read, and work that was given up. */
export async function moderate(ctx: Ctx, owner: Viewer) {
  const loud = await make.remoteActor(ctx, { handle: 'criard', name: 'Criard', host: 'criard.example' })
  await make.follow(ctx, { followerId: owner.actorId, followeeId: loud.id })
  await make.follow(ctx, { followerId: loud.id, followeeId: owner.actorId })
  const post = await make.post(ctx, { actorId: loud.id, iri: `${loud.iri}/1`, content: '<p>ACHETEZ MAINTENANT !</p>' })
  const shared = await make.remoteActor(ctx, { handle: 'instance', name: 'voisins.example', host: 'voisins.example' })
  const by = { actorId: shared.id, activityIri: `${shared.iri}/flags/1` }
  await receiveReport(ctx, { ...by, targetId: owner.actorId, postIds: [], comment: 'Trop de farine.' })
  const [flag] = await ctx.db.$client<{ id: string }[]>`
    insert into reports (actor_id, user_id, target_id, category, comment, post_ids)
    values (${owner.actorId}, ${owner.userId}, ${loud.id}, 'spam', 'Encore de la réclame, sous chaque publication.', ${`{${post.id}}`}::bigint[])
    returning id::text as id`
  const report = flag?.id ?? ''
  await noteReport(ctx, owner, report, 'Écrit à leur équipe lundi.\nPas de réponse.')
  await decideDomains(
    ctx,
    [
      { ...lenient, host: 'mechant.example', severity: 'block', reason: 'Harcèlement', privateComment: 'Vu avec Nina' },
      { ...lenient, host: 'bruyant.example', severity: 'limit', rejectsMedia: true, rejectsReports: true },
      { ...lenient, host: longHost, severity: 'block', isObfuscated: true, reason: 'Spam '.repeat(20) },
    ],
    null,
  )
  await allowDomains(ctx, ['amis.example', longHost], null)
  await ctx.db.insert(domainLists).values([
    { url: 'https://listes.example/blocage.csv', readAt: ctx.now(), triedAt: ctx.now() },
    { url: `https://${longHost}/blocage.csv`, triedAt: ctx.now(), lastError: 'The server answered with status 503' },
  ])
  await turnToRelays(ctx)
  await giveUp(ctx, owner.actorId)
  return { moderation: { report } }
}

async function turnToRelays(ctx: Ctx): Promise<void> {
  for (const [state, host] of Object.entries({
    accepted: 'relais.example',
    pending: longHost,
    rejected: 'clos.example',
  })) {
    const inboxUrl = `https://${host}/inbox`
    const inboxId = await transaction(ctx.db, (tx) => ensureInbox(tx, inboxUrl))
    await ctx.db.insert(relays).values({ inboxUrl, inboxId, state: state as 'accepted', answeredAt: ctx.now() })
  }
}

async function giveUp(ctx: Ctx, actorId: string): Promise<void> {
  const at = ctx.now()
  for (const [nth, host] of ['panne.example', longHost].entries()) {
    const activityId = String(nth + 1)
    await ctx.db.insert(activities).values({ id: activityId, actorId, type: 'Create', body: '{}' })
    const inboxId = await transaction(ctx.db, (tx) => ensureInbox(tx, `https://${host}/inbox`))
    const failure = { activityId, inboxId, host, dueAt: at, error: 'status 400', isFinal: true }
    await storeFailures(ctx.db, [failure], at)
  }
}

const list = ['#domain,#severity', 'criard.example,suspend', 'mechant.example,silence', 'c*ché.example,suspend'].join(
  '\n',
)

/** The screens of those who run the instance. */
export function moderationScreens({ moderation }: Awaited<ReturnType<typeof moderate>>): Screen[] {
  const who = 'owner'
  return [
    { name: 'reports', who, path: '/reports' },
    { name: 'reports-closed', who, path: '/reports?state=closed' },
    { name: 'reported-elsewhere', who, path: `/reports/${moderation.report}` },
    { name: 'servers', who, path: '/servers' },
    { name: 'servers-none-found', who, path: '/servers?q=nulle-part' },
    { name: 'server', who, path: '/servers/decision?domain=criard.example' },
    { name: 'server-unknown', who, path: '/servers/decision?domain=inconnu.example' },
    { name: 'server-error', who, path: '/servers/decision?domain=%C3%A0%20la%20maison', status: 422 },
    { name: 'server-import', who, path: '/servers/import' },
    {
      name: 'server-import-plan',
      who,
      path: '/servers/import',
      act: async (page: Page) => {
        await page.locator('[name="text"]').fill(list)
        await page.locator('[name="step"][value="look"]').click()
        await page.locator('#plan').waitFor()
      },
    },
    { name: 'server-lists', who, path: '/servers/lists' },
    { name: 'servers-allowed', who, path: '/servers/allowed' },
    { name: 'relays', who, path: '/servers/relays' },
    { name: 'jobs', who, path: '/jobs' },
    { name: 'jobs-none', who, path: '/jobs?kind=piece' },
  ]
}
