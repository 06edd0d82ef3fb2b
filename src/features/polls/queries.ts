import { and, eq, type SQL, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { pollBallots, polls } from '#src/db/schema/polls.ts'

/** A poll of ours or of another server. */
export type PollRow = Readonly<typeof polls.$inferSelect>

/** A poll as it comes with its post: a JSON object, whose times are texts. */
export type PollFacts = Readonly<{
  id: string
  options: readonly string[]
  tallies: readonly number[]
  votersCount: number | null
  isMultiple: boolean
  hidesTotals: boolean
  endsAt: string | null
  /** The reader's own; null when there are none. */
  choices: readonly number[] | null
}>

/**
 * The poll of a post as an expression, for lists of posts: a query of its own would cost more than it reads.
 * @param reader an expression for the id of who reads; null for somebody whom we do not know
 */
export function pollOf(postId: SQL, reader: SQL | null): SQL<PollFacts | null> {
  const choices =
    reader === null
      ? sql`null::int[]`
      : sql`(select ${pollBallots.choices} from ${pollBallots}
          where ${pollBallots.pollId} = ${polls.id} and ${pollBallots.actorId} = ${reader})`
  return sql<PollFacts | null>`(
    select json_build_object('id', ${polls.id}::text, 'options', ${polls.options}, 'tallies', ${polls.tallies},
      'votersCount', ${polls.votersCount}, 'isMultiple', ${polls.isMultiple}, 'hidesTotals', ${polls.hidesTotals},
      'endsAt', ${polls.endsAt}, 'choices', ${choices})
    from ${polls} where ${polls.postId} = ${postId})`
}

/** Finds a poll, whoever may see it: its post decides that. */
export async function findPoll(db: Db | Tx, id: string): Promise<PollRow | null> {
  if (!isId(id)) return null
  const [row] = await db.select().from(polls).where(eq(polls.id, id))
  return row ?? null
}

/** Finds the poll of a post. */
export async function findPollOfPost(db: Db | Tx, postId: string): Promise<PollRow | null> {
  const [row] = await db.select().from(polls).where(eq(polls.postId, postId))
  return row ?? null
}

/** Locks a poll for the length of the transaction, so that votes, edits and the end come one after the other. */
export async function lockPoll(tx: Tx, id: string): Promise<PollRow | null> {
  const [row] = await tx.select().from(polls).where(eq(polls.id, id)).for('update')
  return row ?? null
}

/** What a new poll is made of; its counts begin at nothing unless another server says otherwise. */
export type NewPoll = Readonly<Omit<typeof polls.$inferInsert, 'tallies' | 'options'>> &
  Readonly<{ options: readonly string[]; tallies?: readonly number[] }>

/** Writes the poll of a post. */
export async function insertPoll(tx: Tx, { options, tallies, ...poll }: NewPoll): Promise<void> {
  const counts = tallies ?? options.map(() => 0)
  await tx.insert(polls).values({ ...poll, options: [...options], tallies: [...counts] })
}

/** What may change of a poll. */
export type PollChange = Partial<Omit<typeof polls.$inferInsert, 'id' | 'postId' | 'createdAt'>>

/** Writes what has changed. */
export async function updatePoll(tx: Tx, id: string, change: PollChange): Promise<void> {
  await tx.update(polls).set(change).where(eq(polls.id, id))
}

/** Takes the poll off a post, votes and all. */
export async function deletePoll(tx: Tx, postId: string): Promise<void> {
  await tx.delete(polls).where(eq(polls.postId, postId))
}

/** Forgets all votes of a poll. */
export async function deleteBallots(tx: Tx, pollId: string): Promise<void> {
  await tx.delete(pollBallots).where(eq(pollBallots.pollId, pollId))
}

/** A vote of an actor. */
export type Ballot = Readonly<{ pollId: string; actorId: string; userId: string | null; choices: readonly number[] }>

/**
 * Writes what an actor votes. Where several choices are allowed, later ones are added: other servers send each on its own.
 * @returns 'repeated' when a choice was made before, or the one choice that there is; nothing is written then
 */
export async function castBallot(
  tx: Tx,
  { choices, ...ballot }: Ballot & { isMultiple: boolean },
): Promise<'first' | 'further' | 'repeated'> {
  const [row] = await tx
    .insert(pollBallots)
    .values({ ...ballot, choices: [...choices] })
    .onConflictDoUpdate({
      target: [pollBallots.pollId, pollBallots.actorId],
      set: { choices: sql`${pollBallots.choices} || excluded.choices` },
      setWhere: and(eq(pollBallots.isMultiple, true), sql`not ${pollBallots.choices} && excluded.choices`),
    })
    .returning({ isNew: sql<boolean>`xmax = 0` })
  if (!row) return 'repeated'
  return row.isNew ? 'first' : 'further'
}

/**
 * Adds a vote to the counts. Hold the poll's lock.
 * @param countsDueAt when other servers are to hear of it, unless that is set already; null: never
 */
export async function countBallot(
  tx: Tx,
  pollId: string,
  vote: { choices: readonly number[]; isFirst: boolean; countsDueAt: Date | null },
): Promise<void> {
  const { choices, isFirst, countsDueAt } = vote
  await tx.execute(sql`
    update polls set
      tallies = (select array_agg(counted.votes + (counted.place - 1 = any(${`{${choices.join(',')}}`}::int[]))::int
        order by counted.place) from unnest(tallies) with ordinality as counted (votes, place)),
      voters_count = voters_count + ${isFirst ? 1 : 0},
      counts_due_at = coalesce(counts_due_at, ${countsDueAt?.toISOString() ?? null}::timestamptz)
    where id = ${pollId}`)
}

/** A poll whose time has come. */
export type DuePoll = Readonly<{ postId: string; isOurs: boolean }>

type DueRow = { post_id: string; is_ours: boolean }

const toDue = (rows: readonly DueRow[]): DuePoll[] =>
  rows.map((row) => ({ postId: String(row.post_id), isOurs: row.is_ours }))

/** Marks polls that are over as ended, each once; other workers pass those by that are being marked. */
export async function claimEnded(tx: Tx, now: Date, limit: number): Promise<DuePoll[]> {
  const at = now.toISOString()
  const rows = await tx.execute<DueRow>(sql`
    update polls set ended_at = ${at}::timestamptz, counts_due_at = null
    where id in (select id from polls where ended_at is null and ends_at <= ${at}::timestamptz
      order by ends_at limit ${limit} for update skip locked)
    returning post_id, (select iri is null from posts where posts.id = polls.post_id) as is_ours`)
  return toDue(rows)
}

/** Takes polls whose new counts are to be told to others. */
export async function claimCounted(tx: Tx, now: Date, limit: number): Promise<DuePoll[]> {
  const rows = await tx.execute<DueRow>(sql`
    update polls set counts_due_at = null
    where id in (select id from polls where counts_due_at <= ${now.toISOString()}::timestamptz
      order by counts_due_at limit ${limit} for update skip locked)
    returning post_id, true as is_ours`)
  return toDue(rows)
}

/** Notes that another server is asked for its counts now; false when somebody asked it since `before`, or after the end. */
export async function claimRefresh(db: Db, id: string, { before, now }: { before: Date; now: Date }): Promise<boolean> {
  const rows = await db.execute(sql`
    update polls set fetched_at = ${now.toISOString()}::timestamptz
    where id = ${id} and (fetched_at is null or (fetched_at < ${before.toISOString()}::timestamptz
      and (ends_at is null or fetched_at < ends_at)))
    returning id`)
  return rows.length > 0
}

/** Actors of other servers who voted, but for those between whom and the author there is a block. */
export async function listRemoteVoters(db: Db, pollId: string): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select a.id::text as id from poll_ballots b join actors a on a.id = b.actor_id
      join polls p on p.id = b.poll_id join posts on posts.id = p.post_id
    where b.poll_id = ${pollId} and a.host is not null and not exists (select from blocks
      where (blocks.actor_id = posts.actor_id and blocks.blocked_id = a.id)
        or (blocks.actor_id = a.id and blocks.blocked_id = posts.actor_id))`)
  return rows.map(({ id }) => id)
}
