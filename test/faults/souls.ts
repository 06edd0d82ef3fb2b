import { expect } from 'vitest'
import { letFollow } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import type { Stranger, StrangerActor } from '#test/support/stranger.ts'
import type { Instance, Member } from '#test/support/two-servers.ts'

/** Somebody of one of our instances. */
export type Ours = Readonly<{ kind: 'ours'; name: string; iri: string; home: Instance; member: Member }>

/** Somebody on a server that speaks as another program does. */
export type Theirs = Readonly<{
  kind: 'theirs'
  name: string
  iri: string
  server: Stranger
  actor: StrangerActor
  dialect: Dialect
}>

/** Anybody who speaks in a life. */
export type Soul = Ours | Theirs

/** How a program writes what it sends: what makes its notes and its likes its own. */
export type Dialect = Readonly<{
  program: string
  actor: (iri: string) => Json
  note: (note: Json) => Json
  like: (like: Json) => Json
}>

const same = (value: Json): Json => value

/** The programs in whose words a stranger speaks, with what readers of their own stumble over. */
export const dialects: readonly Dialect[] = [
  {
    program: 'Mastodon',
    actor: () => ({ manuallyApprovesFollowers: false, discoverable: true, indexable: false, tag: [] }),
    note: (note) => ({
      ...note,
      summary: null,
      sensitive: false,
      atomUri: note.id,
      inReplyTo: null,
      conversation: `tag:there,2026:objectId=${note.id}`,
      contentMap: { en: note.content },
    }),
    like: same,
  },
  {
    program: 'Pixelfed',
    actor: () => ({ type: 'Person', summary: null, manuallyApprovesFollowers: false, alsoKnownAs: [] }),
    note: (note) => ({
      ...note,
      sensitive: false,
      attachment: [],
      commentsEnabled: true,
      capabilities: { announce: note.to },
    }),
    like: same,
  },
  {
    program: 'Misskey',
    actor: () => ({ isCat: true, _misskey_summary: 'A cat', 'vcard:bday': '2000-01-01' }),
    note: (note) => ({
      ...note,
      _misskey_content: note.content,
      _misskey_quote: null,
      source: { content: note.content, mediaType: 'text/x.misskeymarkdown' },
    }),
    like: (like) => ({ ...like, content: '👍', _misskey_reaction: '👍' }),
  },
  {
    program: 'GoToSocial',
    actor: (iri) => ({ endpoints: undefined, hidesToPublicFromUnauthedWeb: true, url: `${iri}/profile` }),
    note: (note) => ({
      ...note,
      to: note.to.length === 1 ? note.to[0] : note.to,
      cc: note.cc.length === 1 ? note.cc[0] : note.cc,
      interactionPolicy: { canLike: { always: note.to, approvalRequired: [] } },
    }),
    like: same,
  },
  {
    program: 'Lemmy',
    actor: () => ({ source: { content: 'Me', mediaType: 'text/markdown' }, published: '2024-01-01T00:00:00Z' }),
    note: (note) => ({
      ...note,
      distinguished: false,
      mediaType: 'text/html',
      language: { identifier: 'en', name: 'English' },
    }),
    like: (like) => ({ ...like, audience: null }),
  },
]

/** Makes somebody of ours follow somebody, who lets everybody in. */
export async function befriend(follower: Soul, followee: Soul): Promise<void> {
  if (follower.kind === 'theirs') {
    if (followee.kind === 'ours') await ask(follower, followee)
    return
  }
  if (followee.kind === 'theirs') {
    await letFollow(follower.member, followee.server, followee.actor)
    return
  }
  const { api } = follower.member
  const { body } = await api.get(
    `/api/v2/search?type=accounts&resolve=true&q=${encodeURIComponent(`@${followee.member.acct}`)}`,
  )
  const [account] = body.accounts
  await api.post(`/api/v1/accounts/${account.id}/follow`)
  // Each look is one of the requests that somebody has in five minutes.
  const seldom = { everyMs: 400 }
  await eventually(async () => {
    const { body: relations } = await api.get(`/api/v1/accounts/relationships?id[]=${account.id}`)
    expect(relations[0]).toMatchObject({ following: true })
  }, seldom)
}

async function ask(follower: Theirs, followee: Ours): Promise<void> {
  const answer = await follower.actor.post(`${followee.iri}/inbox`, follower.actor.activity('Follow', followee.iri))
  expect(answer.status).toBe(202)
  await follower.server.delivered(({ type, actor }) => type === 'Accept' && actor === followee.iri)
}
