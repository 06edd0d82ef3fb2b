import { describe, expect, it } from 'vitest'
import { readActivity } from '#federation/read/activity.ts'
import { readActor } from '#federation/read/actor.ts'
import { isIgnored, isObject, isRefused, type JsonObject } from '#federation/read/json.ts'
import { readKeyDocument } from '#federation/read/keys.ts'
import { type ReadNote, readNote } from '#federation/read/note.ts'
import { isPlain } from '#federation/read/plain.ts'
import { canonicalise } from '#federation/reference.ts'
import { now, ourReading, readTwice } from '#test/support/lanes.ts'
import { hasPayloads, listPayloads, type Payload, readPayload } from '#test/support/payloads.ts'

/** Lemmy's fixtures are without a context; that is how the program reads what it fetched itself. */
const defaultContext = ['https://join-lemmy.org/context.json', 'https://www.w3.org/ns/activitystreams']

/** The document and everything embedded in it as an object, each with the context under which it stands. */
function thingsOf({ name, json }: Payload): Payload[] {
  const context = json['@context'] ?? defaultContext
  const inner = isObject(json.object)
    ? thingsOf({ name: `${name} object`, json: { '@context': context, ...json.object } })
    : []
  return [{ name, json: { '@context': context, ...json } }, ...inner]
}

const noFile =
  'Lemmy attaches the picture as a Link without a type of file; to Fedify a Link is no file, to people it is the picture'

/** Where the lanes differ, and why ours may. An entry that no longer differs fails the test: it must go. */
const differences = new Map<string, string>([
  ['as2/lemmy/activities/create_or_update/create_page.json object attachments', noFile],
  ['as2/lemmy/activities/create_or_update/update_page.json object attachments', noFile],
  ['as2/lemmy/objects/page.json attachments', noFile],
  [
    'as2/peertube/objects/video.json attachments',
    'We show the largest preview: the film itself is hidden below a playlist',
  ],
  [
    'as2/fedify/wizard.casa/users/hongminhee.json featured',
    'Mitra once defined the term without saying that it is an address; it is one all the same',
  ],
  [
    'as2/feps/b06c/examples/05-Organization.json outbox',
    'The collection is embedded without a type; its id is enough for us',
  ],
  [
    'as2/feps/b06c/examples/06-Person.json outbox',
    'The collection is embedded without a type; its id is enough for us',
  ],
])

/** Excerpts, examples and contexts: they need not be whole. Everything else was sent by a program to be read. */
function isExcerpt(name: string): boolean {
  return /^as2\/(?:fedify|feps|mastodon-docs)\//.test(name)
}

const stub = 'no-inbox'

/** What was sent and is refused all the same: stubs at the address of a key, and NodeBB's own numbers. */
const refusals = new Map<string, string>([
  ['lab/gts/GET-actor-Person-alice-keystub.json', stub],
  ['lab/gts/GET-actor-Person-carol-keystub.json', stub],
  ['lab/gts/GET-actor-Person-erin-keystub.json', stub],
  ['lab/gts/GET-actor-Person-frank-keystub.json', stub],
  ['lab/gts/GET-actor-Service-gts.test-keystub.json', stub],
  ['lab/nodebb/Undo-Announce.json object', 'no-object'],
])

/** Why nothing is read of a document, where a reader knows its type; null where it is read, or about something else. */
async function refusalOf(json: JsonObject): Promise<string | null> {
  const plain = isPlain(json) ? json : await canonicalise(json)
  if (isRefused(plain)) return plain.refused
  const activity = readActivity(plain)
  if (!isIgnored(activity)) return isRefused(activity) ? activity.refused : null
  const results = [readActor(plain), readNote(plain, now)].filter(isRefused).map(({ refused }) => refused)
  return results.find((reason) => reason !== 'not-an-actor' && reason !== 'not-a-post') ?? null
}

function readEmbedded(name: string): ReadNote {
  const activity = readActivity(readPayload(name))
  if (isRefused(activity) || isIgnored(activity)) throw new Error(`${name} is not read`)
  const note = readNote(activity.object.embedded ?? {}, now)
  if (isRefused(note)) throw new Error(`The object of ${name} is refused: ${note.refused}`)
  return note
}

describe.skipIf(!hasPayloads)(
  'captured documents of other programs (skipped where ../shared/fixtures is absent)',
  () => {
    const things = hasPayloads ? listPayloads().flatMap(thingsOf) : []

    it('are read by us as JSON-LD reads them (item 40)', { timeout: 60_000 }, async () => {
      const found: string[] = []
      let compared = 0
      for (const { name, json } of things) {
        const both = await readTwice(json)
        if (both === null) continue
        compared += 1
        const { ours, theirs } = both
        for (const field of Object.keys(ours)) {
          const isSame = JSON.stringify(ours[field]) === JSON.stringify(theirs[field])
          if (!isSame && !differences.has(`${name} ${field}`))
            expect([name, { [field]: ours[field] }]).toEqual([name, { [field]: theirs[field] }])
          if (!isSame) found.push(`${name} ${field}`)
        }
      }
      expect(found.sort()).toEqual([...differences.keys()].sort())
      expect(compared).toBeGreaterThan(500)
    })

    it('are all read, but for those that must not be', async () => {
      const found = new Map<string, string>()
      for (const { name, json } of things.filter((thing) => !isExcerpt(thing.name))) {
        const refusal = await refusalOf(json)
        if (refusal !== null) found.set(name, refusal)
      }
      expect(found).toEqual(refusals)
    })

    it('go through JSON-LD only where a program wrote them half for it', async () => {
      const unusual = things.filter(({ name, json }) => !isExcerpt(name) && !isPlain(json)).map(({ name }) => name)
      expect(unusual).toEqual([
        'lab/hollo/Accept-Follow.json',
        'lab/hollo/Accept-Follow.json object',
        'lab/hollo/Accept-Follow.json object object',
        'lab/hollo/Delete-Person-actor.json',
        'lab/hollo/Delete-Person-actor.json object',
      ])
    })

    it('mean the same when they go through JSON-LD without need', { timeout: 60_000 }, async () => {
      for (const { name, json } of things.filter((thing) => !isExcerpt(thing.name) && isPlain(thing.json))) {
        const canonical = await canonicalise(json)
        if (isRefused(canonical)) throw new Error(`${name} is refused: ${canonical.refused}`)
        expect([name, ourReading(canonical)]).toEqual([name, ourReading(json)])
      }
    })

    it('of Mastodon: a note, a private message, a report', () => {
      expect(readEmbedded('as2/mastodon/activities/create_note.json')).toMatchObject({
        iri: 'https://mastodon.madrid/users/felix/statuses/107224289116410645',
        attributedTo: 'https://mastodon.madrid/users/felix',
        content: expect.stringMatching(
          /^<p><span class="h-card"><a href="https:\/\/mamot\.fr\/@retiolus" class="u-url mention"/,
        ),
        language: 'en',
        mentions: [{ iri: 'https://mamot.fr/users/retiolus', name: '@retiolus@mamot.fr' }],
        inReplyTo: 'https://mamot.fr/users/retiolus/statuses/107224244380204526',
      })
      expect(readNote(readPayload('as2/mastodon/activities/private_message.json'), now)).toMatchObject({
        to: [expect.stringMatching(/^https:/)],
        cc: [],
      })
      expect(readActivity(readPayload('as2/mastodon/activities/flag.json'))).toMatchObject({
        objects: [
          'https://example.com/users/1',
          'https://example.com/posts/380590',
          'https://example.com/posts/380591',
        ],
        content: 'Please take a look at this user and their posts',
      })
    })

    it('of Lemmy: a page with its title, picture and language, and a community', () => {
      expect(readNote(readPayload('as2/lemmy/objects/page.json'), now)).toMatchObject({
        title: 'Post title',
        content: expect.stringContaining(
          '<p><strong>Post title</strong></p><p>This is a post in the /c/tenforward community</p>',
        ),
        language: 'fr',
        attachments: [{ url: 'https://enterprise.lemmy.ml/pictrs/image/eOtYb9iEiB.png', kind: 'image' }],
      })
      expect(readNote(readPayload('as2/lemmy/objects/page_image_and_link.json'), now)).toMatchObject({
        content: expect.stringContaining('href="https://example.com/some-article"'),
      })
      expect(readActor(readPayload('as2/lemmy/objects/group.json'))).toMatchObject({
        type: 'Group',
        handle: 'tenforward',
      })
    })

    it('of Lemmy 0.19, Mbin and Pleroma: private messages', () => {
      expect(readEmbedded('as2/lemmy/activities/create_or_update/create_private_message_0.19.json').type).toBe(
        'ChatMessage',
      )
      expect(readEmbedded('as2/mbin/outbox-snapshots/CreateTest__testCreateMessage__1.json').type).toBe('ChatMessage')
      expect(readNote(readPayload('as2/pleroma/objects/chat_message.json'), now)).toMatchObject({ content: 'Hi!' })
    })

    it('of Pleroma: an actor and a note under a context of its own', () => {
      expect(readActor(readPayload('as2/pleroma/objects/person.json'))).toMatchObject({ handle: 'lanodan' })
      expect(readNote(readPayload('as2/pleroma/objects/note.json'), now)).toMatchObject({ content: 'Have what?' })
    })

    it('of PeerTube: a film by its account, with its page and a preview', () => {
      expect(readNote(readPayload('as2/peertube/objects/video.json'), now)).toMatchObject({
        type: 'Video',
        attributedTo: 'https://tilvids.com/accounts/thelinuxexperiment',
        language: 'en',
        attachments: [{ kind: 'image', width: 850, height: 480 }],
      })
    })

    it('of GoToSocial: a picture described in its summary, and a key whose document is no actor', () => {
      expect(readEmbedded('lab/gts/Create-Note-public-att-Image_image.json').attachments).toMatchObject([
        { description: 'img1.jpg alt', mediaType: 'image/jpeg', blurhash: 'LiFs_pKO2E=er3a#Wpn+ddf7fQf7', width: null },
      ])
      const keyId = 'https://gts.test/users/alice/main-key'
      expect(readKeyDocument(readPayload('lab/gts/GET-actor-Person-alice-keystub.json'), keyId)).toMatchObject({
        keyId,
        owner: 'https://gts.test/users/alice',
        pem: expect.stringContaining('BEGIN PUBLIC KEY'),
      })
    })

    it('of GoToSocial and Hollo: choices in polls, which are no posts', () => {
      for (const name of [
        'lab/gts/Create-Note-direct-reply-vote.json',
        'lab/hollo/Create-Note-direct-reply-vote.json',
      ]) {
        expect(readEmbedded(name)).toMatchObject({ isVote: true, content: '' })
      }
    })

    it('of GoToSocial: an approval of a reply, which accepts no follow', () => {
      expect(readActivity(readPayload('lab/gts/Accept-iri.json'))).toMatchObject({
        type: 'Accept',
        inner: { id: 'https://hollo.test/@bob/01a20526-729c-7184-ba41-d230c3cf29c0', type: null },
        target: 'https://gts.test/users/alice/statuses/01M82JCVHJ7HZ8XMTY5JM3DGE2',
      })
    })

    it('of Hollo: a picture described twice, a reaction, an acceptance with whole actors in it', async () => {
      expect(readEmbedded('lab/hollo/Create-Note-public-att-Image_image.json').attachments).toMatchObject([
        { description: 'img1.jpg alt', width: 320, height: 200 },
      ])
      expect(readActivity(readPayload('lab/hollo/EmojiReact-iri.json'))).toMatchObject({ type: 'Like' })
      expect(readActivity(await canonicalise(readPayload('lab/hollo/Accept-Follow.json')))).toMatchObject({
        actor: 'https://hollo.test/@bob',
        inner: {
          id: 'https://gts.test/users/alice/follow/014CE5NF1TR1HKRNGJCQE63QN6',
          type: 'Follow',
          actor: 'https://gts.test/users/alice',
          object: 'https://hollo.test/@bob',
        },
      })
    })

    it('of NodeBB: a topic whose excerpt is no warning, a reply with a name, a number for an address', () => {
      expect(readEmbedded('lab/nodebb/Create-Article-public-cw.json')).toMatchObject({
        title: 'First federated topic',
        spoilerText: '',
        isSensitive: false,
      })
      expect(readEmbedded('lab/nodebb/Create-Note-public-reply.json')).toMatchObject({ type: 'Note', isVote: false })
      const undo = readActivity(readPayload('lab/nodebb/Undo-Announce.json'))
      expect(undo).toMatchObject({
        cc: ['https://nodebb.test/category/5/followers'],
        inner: { type: 'Announce', actor: 'https://nodebb.test/category/5', object: null },
      })
      expect(readActivity('object' in undo ? (undo.object.embedded ?? {}) : {})).toEqual({ refused: 'no-object' })
    })

    it('of WordPress: an actor whose id has no path, and an article with four pictures', () => {
      expect(readActor(readPayload('as2/wordpress/objects/group.json'))).toMatchObject({
        iri: expect.stringContaining('dbzer0.com'),
        handle: 'dbzer0.com',
        implements: ['https://datatracker.ietf.org/doc/html/rfc9421'],
        fields: [{ name: 'Blog' }],
      })
      const article = readNote(readPayload('as2/wordpress/objects/page.json'), now)
      expect('attachments' in article ? article.attachments : []).toHaveLength(4)
    })

    it('of Mbin and Mitra: acceptances, with the follow and with its id alone', () => {
      expect(readActivity(readPayload('as2/mbin/activities/accept.json'))).toMatchObject({ inner: { type: 'Follow' } })
      expect(readActivity(readPayload('as2/mitra/activities/accept.json'))).toMatchObject({
        inner: { id: 'https://voyager.lemmy.ml/activities/follow/7d782f02-b91d-4455-b6c0-772540f00c2d', type: null },
      })
    })
  },
)
