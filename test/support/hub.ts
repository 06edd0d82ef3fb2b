import { letFollow } from './befriend.ts'
import type { Json } from './client.ts'
import { creating, type Neighbours, startNeighbours } from './neighbours.ts'
import { PUBLIC, type StrangerActor } from './stranger.ts'

/** A group on a server elsewhere that Lea follows, with people of that server and of another one. */
export type HubWorld = Readonly<{
  neighbours: Neighbours
  group: StrangerActor
  /** At home where the group is. */
  ana: StrangerActor
  /** At home elsewhere. */
  iris: StrangerActor
  /** Moderates the group from elsewhere. */
  mona: StrangerActor
  featured: string
  moderators: string
  /** A topic for the group. */
  page(author: StrangerActor, more?: Json): Json
  /** The group announces something; what came of it. */
  announce(object: Json, more?: Json, by?: StrangerActor): Promise<string>
  /** The Create of a post, which the group announces; the status as Lea sees it. */
  bring(author: StrangerActor, note: Json): Promise<Json>
  /** Says something that is not announced; what came of it. */
  tell(from: StrangerActor, activity: Json): Promise<string>
  /** An activity that its server serves. */
  served(from: StrangerActor, type: string, object: Json, more?: Json): Json
  /** Where posts stand in the group: their ids elsewhere, with what became of them. */
  places(): Promise<Record<string, { isTopic: boolean; isRemoved: boolean; isLocked: boolean }>>
  /** What Lea reads at home, as pairs of who passed it on and what it is. */
  home(): Promise<[string | null, string][]>
  read(status: Json): Promise<Json>
  close(): Promise<void>
}>

/** Starts the instance, the group and its people. */
export async function startHubWorld(): Promise<HubWorld> {
  const neighbours = await startNeighbours()
  const { instance, elsewhere, far, lea, say, find } = neighbours
  const [featured, moderators] = [`${elsewhere.url}/hub/featured`, `${elsewhere.url}/hub/moderators`]
  const [group, ana, iris, mona] = await Promise.all([
    elsewhere.actor('hub', { type: 'Group', name: 'Cardboard', featured, attributedTo: moderators }),
    elsewhere.actor('ana'),
    far.actor('iris'),
    far.actor('mona'),
  ])
  elsewhere.serve(moderators, { body: { id: moderators, type: 'OrderedCollection', orderedItems: [mona.iri] } })
  await letFollow(lea, elsewhere, group)
  const { db } = instance.ctx
  const tell = async (from: StrangerActor, activity: Json) => {
    await say(from, activity)
    const [row] = await db.$client<{ outcome: string }[]>`
      select outcome from inbox_activities where activity_key like ${`${activity.id}%`} order by id desc limit 1`
    return row?.outcome ?? 'not received'
  }
  const announce: HubWorld['announce'] = (object, more = {}, by = group) =>
    tell(by, by.activity('Announce', object, { to: [PUBLIC], cc: [by.followers], ...more }))
  const page: HubWorld['page'] = (author, more = {}) =>
    author.note({
      type: 'Page',
      name: 'Which cardboard?',
      to: [group.iri, PUBLIC],
      cc: [],
      audience: group.iri,
      ...more,
    })
  return {
    ...{ neighbours, group, ana, iris, mona, featured, moderators, page, announce, tell },
    bring: async (author, note) => {
      await announce(creating(author, note))
      return find(lea, note.id)
    },
    served: (from, type, object, more = {}) => {
      const activity = from.activity(type, object, { audience: group.iri, ...more })
      const server = from.iri.startsWith(far.url) ? far : elsewhere
      server.serve(activity.id, { body: activity })
      return activity
    },
    places: async () => {
      const rows = await db.$client<{ iri: string; topic: boolean; removed: boolean; locked: boolean }[]>`
        select coalesce(p.iri, p.id::text) as iri, g.topic_id = g.post_id as topic, g.removed_at is not null as removed,
          g.locked_at is not null as locked
        from group_posts g join posts p on p.id = g.post_id join actors a on a.id = g.group_id where a.iri = ${group.iri}`
      return Object.fromEntries(
        rows.map(({ iri, topic, removed, locked }) => [iri, { isTopic: topic, isRemoved: removed, isLocked: locked }]),
      )
    },
    home: async () => {
      const { body } = await lea.api.get('/api/v1/timelines/home?limit=40')
      return body.map(({ account, reblog, uri }: Json) => (reblog ? [account.acct, reblog.uri] : [null, uri]))
    },
    read: async ({ id }) => (await lea.api.get(`/api/v1/statuses/${id}`)).body,
    close: () => neighbours.close(),
  }
}
