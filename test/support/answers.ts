import { findPostByIri } from '#src/features/posts/queries.ts'
import type { allowReply } from '#src/features/posts/reply-consents.ts'
import type { Json } from './client.ts'
import { creating, type Neighbours, startNeighbours } from './neighbours.ts'
import { ACTIVITY_JSON, PUBLIC, type Stranger, type StrangerActor } from './stranger.ts'
import type { Member } from './two-servers.ts'

/** Neighbours who choose who may answer their posts, and Saul, far away, who answers. */
export type AnswerWorld = Readonly<{
  neighbours: Neighbours
  saul: StrangerActor
  /** That Rosa lets others in by hand. */
  asks(): Json
  /** A note of Rosa's, and who may answer it. */
  noteOf(canReply: Json, more?: Json): Json
  /** The same, arrived here. */
  arrive(canReply: Json, more?: Json): Promise<Json>
  /** A post of Lea's, who has chosen who may answer. */
  write(choice: 'public' | 'asked' | 'followers' | 'named', more?: Json): Promise<Json>
  /** An answer of Saul's to somebody elsewhere. */
  replyTo(parent: string, more?: Json): Json
  /** An answer from elsewhere to somebody here. */
  replyOf(from: StrangerActor, to: Json, more?: Json): Json
  come(note: Json, from?: StrangerActor): Promise<void>
  /** The Update of a note, with what it says otherwise. */
  change(note: Json, more: Json, from?: StrangerActor): Promise<void>
  /** An answer of a member, here. */
  answer(member: Member, to: Json, more?: Json): Promise<{ status: number; body: Json }>
  /** Somebody who is answered says yes or no; Lea when nobody is named. */
  decide(act: typeof allowReply, iri: string, by?: Member): Promise<void>
  stampOf(reply: Json, parent: Json): Json
  /** Serves a stamp where Rosa is at home, or elsewhere. */
  serveStamp(stamp: Json, server?: Stranger): string
  /** What was said to another server about something of its own. */
  said(type: string, iri: string): Json[]
  /** What other servers are told because of something. */
  sentBy(deed: () => Promise<unknown>): Promise<Json[]>
}>

/** The words of interaction policies and stamps. */
export const interactionContext = ['https://gotosocial.org/ns', 'https://www.w3.org/ns/activitystreams']

/** Starts the instance and its neighbours. */
export async function startAnswerWorld(): Promise<AnswerWorld> {
  const neighbours = await startNeighbours()
  const { instance, far, lea, rosa } = neighbours
  const saul = await far.actor('saul')
  const noteOf: AnswerWorld['noteOf'] = (canReply, more = {}) =>
    rosa.note({ '@context': interactionContext, interactionPolicy: { canReply }, ...more })
  return {
    ...{ neighbours, saul, noteOf },
    ...answering(neighbours, saul),
    ...stamping(neighbours),
    ...hearing(neighbours),
    asks: () => ({ automaticApproval: [rosa.iri], manualApproval: [PUBLIC] }),
    arrive: (canReply, more) => neighbours.arrive(noteOf(canReply, more)),
    write: async (choice, more = {}) => {
      const { db } = instance.ctx
      await db.$client`update local_actors set default_reply_policy = ${choice} where actor_id = ${lea.actor.id}`
      const { body } = await lea.api.post('/api/v1/statuses', { status: 'my post', ...more })
      await instance.settle()
      return body
    },
    decide: async (act, iri, by = lea) => {
      const found = await findPostByIri(instance.ctx.db, iri)
      await act(instance.ctx, by.viewer, found?.id ?? iri.split('/').at(-1) ?? '')
      await instance.settle()
    },
  }
}

function answering({ instance, lea, say }: Neighbours, saul: StrangerActor) {
  const content = '<p>an answer</p>'
  return {
    replyTo: (parent, more = {}) =>
      saul.note({ '@context': interactionContext, inReplyTo: parent, content, cc: [saul.followers], ...more }),
    replyOf: (from, to, more = {}) =>
      from.note({ inReplyTo: to.uri, content, cc: [lea.iri, `${lea.iri}/followers`], ...more }),
    come: (note, from = saul) => say(from, creating(from, note)),
    change: (note, more, from = saul) => say(from, from.activity('Update', { ...note, ...more })),
    answer: async (member, { id }, more = {}) => {
      const { status, body } = await member.api.post('/api/v1/statuses', {
        ...{ status: 'my answer', in_reply_to_id: id },
        ...more,
      })
      await instance.settle()
      return { status, body }
    },
  } satisfies Partial<AnswerWorld>
}

function stamping({ rosa, elsewhere }: Neighbours) {
  let number = 0
  return {
    stampOf: (reply, parent) => ({
      attributedTo: rosa.iri,
      interactingObject: reply.id,
      interactionTarget: parent.uri,
    }),
    serveStamp: (stamp, server = elsewhere) => {
      const path = `/stamps/${++number}`
      const iri = `${server.url}${path}`
      server.serve(path, { body: { '@context': interactionContext, id: iri, type: 'ReplyAuthorization', ...stamp } })
      return iri
    },
  } satisfies Partial<AnswerWorld>
}

function hearing({ instance, elsewhere, far }: Neighbours) {
  const all = (): Json[] => [...elsewhere.deliveries, ...far.deliveries].map(({ json }) => json)
  return {
    said: (type, iri) =>
      all()
        .filter((json) => json?.type === type)
        .filter(({ object }) => object === iri || object?.instrument === iri || object?.id === iri),
    sentBy: async (deed) => {
      const before = new Set(all())
      await deed()
      await instance.settle()
      return all().filter((json) => !before.has(json))
    },
  } satisfies Partial<AnswerWorld>
}

/** What a member reads below a post: addresses elsewhere, or ours. */
export const below = async (member: Member, { id }: Json): Promise<string[]> => {
  const { body } = await member.api.get(`/api/v1/statuses/${id}/context`)
  return body.descendants.map(({ uri }: Json) => uri)
}

/** How many answers a post has, as a member reads it. */
export const countOf = async (member: Member, { id }: Json): Promise<number> =>
  (await member.api.get(`/api/v1/statuses/${id}`)).body.replies_count

/** What a member was told of a post that names or answers them. */
export const told = async (member: Member, iri: string): Promise<Json[]> => {
  const { body } = await member.api.get('/api/v1/notifications?types[]=mention')
  return body.filter(({ status }: Json) => status.uri === iri)
}

/** The last posts of the private conversations of a member. */
export const talks = async (member: Member): Promise<string[]> => {
  const { body } = await member.api.get('/api/v1/conversations')
  return body.map(({ last_status }: Json) => last_status?.uri)
}

/** A document of ours as somebody gets it whom nobody knows. */
export async function fetchDocument(iri: string): Promise<{ status: number; body: Json }> {
  const answer = await fetch(iri, { headers: { accept: ACTIVITY_JSON }, redirect: 'manual' })
  return { status: answer.status, body: await answer.json().catch(() => null) }
}
