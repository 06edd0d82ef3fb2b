import type { Ctx } from '#src/context.ts'
import { listDeaf } from '#src/features/mutes/queries.ts'
import { listHomeReaders } from '#src/features/timelines/home-queries.ts'
import { listListsWithPost } from '#src/features/timelines/list-queries.ts'
import { type Connection, mayHearNotifications, mayHearPosts } from './connection.ts'
import { isInOpenStream, mayHaveStoodIn, type Stream } from './names.ts'
import { type Former, findPostFacts, listApart, listFormerLists, listFormerReaders } from './queries.ts'

/** What a connection is to get. */
export type Target = Readonly<{ connection: Connection; stream: Stream }>

type Connections = ReadonlySet<Connection>

/** Whose streams one post concerns, asked once for all who are connected. */
type Interest = Readonly<{ homes: readonly string[]; lists: readonly string[]; open: (target: Target) => boolean }>

/**
 * The streams in which a post stands now, by the rules of the timelines. Here is decided who is asked about; what each of them gets to
 * read is decided by `loadStatuses` for each, which also applies their filters.
 */
export async function findPostTargets(ctx: Ctx, connections: Connections, postId: string): Promise<Target[]> {
  const { homes, lists, everybody } = whoListens(connections)
  const [facts, homeReaders, listsWithPost, deaf] = await Promise.all([
    findPostFacts(ctx.db, postId),
    homes.length > 0 ? listHomeReaders(ctx.db, postId, homes) : [],
    lists.length > 0 ? listListsWithPost(ctx.db, postId, lists) : [],
    listDeaf(ctx.db, postId, everybody),
  ])
  return pick(connections, {
    homes: homeReaders,
    lists: listsWithPost,
    open: ({ connection, stream }) =>
      facts !== null && !deaf.has(connection.viewer.actorId) && isInOpenStream(stream, facts),
  })
}

/** The streams in which a post may have stood that is deleted now. */
export async function findFormerTargets(ctx: Ctx, connections: Connections, former: Former): Promise<Target[]> {
  const { homes, lists, everybody } = whoListens(connections)
  const [facts, readers, formerLists, deaf, apart] = await Promise.all([
    findPostFacts(ctx.db, former.postId),
    listFormerReaders(ctx.db, former, homes),
    listFormerLists(ctx.db, former, lists),
    listDeaf(ctx.db, former.postId, everybody),
    listApart(ctx.db, former.authorId, everybody),
  ])
  const isSpared = ({ viewer }: Connection) => deaf.has(viewer.actorId) || apart.has(viewer.actorId)
  return pick(connections, {
    homes: readers,
    lists: formerLists,
    open: ({ connection, stream }) => facts !== null && !isSpared(connection) && mayHaveStoodIn(stream, facts),
  })
}

function whoListens(connections: Connections) {
  const all = listTargets(connections, () => true)
  const homes = all.filter(({ stream }) => stream.name === 'user').map(({ connection }) => connection.viewer.actorId)
  return {
    homes: [...new Set(homes)],
    lists: [...new Set(all.flatMap(({ stream }) => stream.listId ?? []))],
    everybody: [...new Set(all.map(({ connection }) => connection.viewer.actorId))],
  }
}

function pick(connections: Connections, { homes, lists, open }: Interest): Target[] {
  return listTargets(connections, (target) => {
    const { connection, stream } = target
    if (!mayHearPosts(connection)) return false
    if (stream.name === 'user') return homes.includes(connection.viewer.actorId)
    if (stream.listId !== null) return lists.includes(stream.listId)
    return open(target)
  })
}

/** The streams of one actor that have one of these names. */
export function findOwnTargets(connections: Connections, actorId: string, names: readonly string[]): Target[] {
  return listTargets(
    connections,
    ({ connection, stream }) => connection.viewer.actorId === actorId && names.includes(stream.name),
  )
}

/** The streams of everybody. */
export function findEverybody(connections: Connections): Target[] {
  return listTargets(connections, ({ stream }) => stream.name === 'user')
}

/** Those of one actor that may say what it is told. */
export function findTellingTargets(connections: Connections, actorId: string): Target[] {
  const targets = findOwnTargets(connections, actorId, ['user', 'user:notification'])
  return targets.filter(({ connection }) => mayHearNotifications(connection))
}

function listTargets(connections: Connections, isWanted: (target: Target) => boolean): Target[] {
  return [...connections].flatMap((connection) =>
    [...connection.streams.values()].map((stream) => ({ connection, stream })).filter(isWanted),
  )
}
