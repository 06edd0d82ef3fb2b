import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findLocalActor, getActor } from '#src/features/actors/queries.ts'
import { listBans } from '#src/features/groups/ban-queries.ts'
import { moderate } from '#src/features/groups/moderate.ts'
import { enterPost, keepPlace } from '#src/features/groups/place.ts'
import { listPlaces } from '#src/features/groups/place-queries.ts'
import { findGroupByHandle, findStanding, type Group } from '#src/features/groups/queries.ts'
import { answerMember, createGroup } from '#src/features/groups/service.ts'
import { boostPost } from '#src/features/posts/boost.ts'
import { createPost, type Draft } from '#src/features/posts/create.ts'
import { editPost } from '#src/features/posts/edit.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { deletePost } from '#src/features/posts/remove.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { befriend, flashOf, giveRole, open, type Person, send, somebody, textOf } from '#test/support/browsing.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { type FormPart, formWith, multipartBody } from '#test/support/forms.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { startPictureWorker } from '#test/support/picture-worker.ts'
import { html, jpeg } from '#test/support/pictures.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

type Traits = Partial<Parameters<typeof createGroup>[2]>
type Hub = Readonly<{ group: Group; owner: Person; path: string }>

/** A group and its owner. */
async function hub(traits: Traits = {}): Promise<Hub> {
  const owner = await somebody(test, 'owner')
  const handle = uniqueName('hub')
  await createGroup(test.ctx, owner.viewer, { handle, name: `The ${handle}`, ...traits })
  const group = await findGroupByHandle(test.ctx.db, handle)
  if (!group) throw new Error('the group was not made')
  return { group, owner, path: `/groups/${handle}` }
}

const joined = async ({ group }: Hub, stem = 'member') => {
  const person = await somebody(test, stem)
  await make.follow(test.ctx, { followerId: person.actorId, followeeId: group.actorId, decidedAt: test.clock.now() })
  return person
}

const standing = ({ group }: Hub, person: Person) =>
  findStanding(test.ctx.db, group.actorId, person.actorId, test.clock.now())

/** What somebody says in a group, which takes it as it does when workers run. */
async function say({ group }: Hub, person: Person, text: string, draft: Partial<Draft> = {}): Promise<string> {
  test.clock.pass(1_000)
  const visibility = group.isPrivate ? 'direct' : 'public'
  const id = await createPost(test.ctx, person.viewer, { text: `@${group.handle} ${text}`, visibility, ...draft })
  const [post, [parent = null]] = await Promise.all([
    findPost(test.ctx.db, id),
    draft.inReplyToId ? listPlaces(test.ctx.db, draft.inReplyToId) : [],
  ])
  if (!post) throw new Error('the post was not made')
  expect(await enterPost(test.ctx, { group, post, parent })).toBe(null)
  return id
}

const typed = (more: Record<string, string> = {}) => ({
  ...{ handle: uniqueName('typed'), name: 'Millers', summary: 'All about flour', joining: 'approval' },
  ...{ posting: 'members', rules: 'Be kind.\nStay on topic.', question: 'Which mill?' },
  ...more,
})

describe('the pages of groups', () => {
  it('list the groups to be found here, mine first, and offer a new one to who may change a profile', async () => {
    const member = await somebody(test)
    const [mine, other] = [await hub({ isLocked: true }), await hub()]
    await befriend(test, member, { ...member, actorId: mine.group.actorId })
    const page = await textOf(test, '/groups', member)
    expect(page.indexOf(mine.path)).toBeLessThan(page.indexOf(other.path))
    for (const words of ['Your groups', 'By approval', '2 members', 'href="/groups/new"']) expect(page).toContain(words)
    await giveRole(test, member, 'analyst')
    expect(await textOf(test, '/groups', member)).not.toContain('/groups/new')
    expect((await open(test, '/groups/new', member)).statusCode).toBe(403)
    expect(await textOf(test, '/groups')).toContain(other.path)
  })

  it('make a group, and lose nothing that was typed when something is wrong', async () => {
    const person = await somebody(test)
    const fields = typed({ handle: 'not a handle' })
    const wrong = await send(test, person, '/groups/new', fields)
    expect(wrong.statusCode).toBe(422)
    for (const words of ['value="not a handle"', 'Millers', 'All about flour', 'Stay on topic.', 'value="Which mill?"'])
      expect(wrong.body).toContain(words)
    expect(wrong.body).toContain('<option value="approval" selected>')
    expect((await send(test, person, '/groups/new', typed({ handle: 'new' }))).statusCode).toBe(422)
    const right = await send(test, person, '/groups/new', { ...fields, handle: '@Millers_9' })
    expect(right.headers.location).toBe('/groups/millers_9')
    expect(await findGroupByHandle(test.ctx.db, 'millers_9')).toMatchObject({
      ...{ posting: 'members', isPrivate: false, isLocked: true, question: 'Which mill?' },
      rules: 'Be kind.\nStay on topic.',
    })
    expect((await send(test, person, '/groups/new', { ...fields, handle: 'millers_9' })).statusCode).toBe(422)
    await send(test, person, '/groups/new', typed({ handle: 'closed_9', joining: 'private' }))
    expect(await findGroupByHandle(test.ctx.db, 'closed_9')).toMatchObject({ isPrivate: true, isLocked: true })
  })

  it('stand where the profile of the group is asked for, for browsers alone', async () => {
    const { group, path } = await hub()
    const answer = await open(test, `/@${group.handle}`)
    expect([answer.statusCode, answer.headers.location]).toEqual([302, path])
    const document = await test.app.inject({
      url: `/@${group.handle}`,
      headers: { accept: 'application/activity+json' },
    })
    expect(String(document.headers.location ?? '')).not.toContain('/groups/')
    expect((await open(test, '/groups/nobody_is_called_so')).statusCode).toBe(404)
  })

  it('let people join and leave an open group at once', async () => {
    const one = await hub()
    const person = await somebody(test)
    const answer = await send(test, person, `${one.path}/join`)
    expect(answer.headers.location).toBe(one.path)
    expect((await standing(one, person)).memberSince).not.toBe(null)
    expect(await textOf(test, one.path, person)).toContain(`${one.path}/leave`)
    await send(test, person, `${one.path}/leave`)
    expect((await standing(one, person)).memberSince).toBe(null)
    expect(await textOf(test, one.path, one.owner)).not.toContain(`${one.path}/leave`)
    expect((await send(test, one.owner, `${one.path}/leave`)).statusCode).toBe(409)
    expect((await standing(one, one.owner)).memberSince).not.toBe(null)
  })

  it('ask the question of a group that approves, send the answer, and let a moderator decide', async () => {
    const one = await hub({ isLocked: true, question: 'Which mill do you run?' })
    const person = await somebody(test, 'applicant')
    expect(await textOf(test, one.path, person)).toContain('Which mill do you run?')
    const silent = await send(test, person, `${one.path}/join`, { note: '  ' })
    expect(silent.statusCode).toBe(422)
    expect(silent.body).toContain('Please answer the question.')
    await send(test, person, `${one.path}/join`, { note: 'The one at the weir' })
    expect(await textOf(test, one.path, person)).toContain('Request sent')
    expect((await open(test, `${one.path}/moderation`, person)).statusCode).toBe(404)
    const queue = await textOf(test, `${one.path}/moderation`, one.owner)
    expect(queue).toContain('The one at the weir')
    // Nobody acts as the group: those who look after it see the number where they are.
    expect(queue).toMatch(/href="\/groups".*?1 waiting/s)
    const act = (by: Person, answer: string) =>
      send(test, by, `${one.path}/moderation/members/${person.actorId}/${answer}`)
    expect((await act(person, 'accept')).statusCode).toBe(403)
    expect(flashOf(await act(one.owner, 'accept'))).toContain('is a member now')
    expect((await standing(one, person)).memberSince).not.toBe(null)
    expect(await textOf(test, '/groups', one.owner)).not.toContain('1 request waits')
    const refused = await somebody(test, 'refused')
    await send(test, refused, `${one.path}/join`, { note: 'Let me in' })
    await send(test, one.owner, `${one.path}/moderation/members/${refused.actorId}/reject`)
    const again = await send(test, refused, `${one.path}/join`, { note: 'Please' })
    expect(again.statusCode).toBe(422)
    expect(again.body).toContain('You can ask again later.')
    expect(again.body).toContain('Please</textarea>')
  })

  it('tell those who look after a group who waits, and who waited that it is over', async () => {
    const one = await hub({ isLocked: true })
    const [first, second] = [await somebody(test, 'first'), await somebody(test, 'second')]
    const stories = async (person: Person) => {
      await tellEverybody(test.ctx)
      return textOf(test, '/notifications', person)
    }
    for (const person of [first, second]) {
      await send(test, person, `${one.path}/join`, { note: '' })
      test.clock.pass(1_000)
      const page = await stories(one.owner)
      expect(page.match(/would like to join/g)).toHaveLength(1)
      expect(page).toContain(`href="${one.path}/moderation"`)
    }
    await send(test, one.owner, `${one.path}/moderation/members/${first.actorId}/accept`)
    expect(await stories(first)).toContain(`You are a member of The ${one.group.handle} now`)
    expect(await stories(second)).not.toContain('You are a member')
    expect(await stories(one.owner)).toContain('would like to join')
    await send(test, one.owner, `${one.path}/moderation/members/${second.actorId}/reject`)
    expect(await stories(one.owner)).not.toContain('would like to join')
    const postId = await say(one, first, 'Off topic')
    await moderate(test.ctx, one.owner.viewer, one.group.actorId, { deed: 'remove', postId, reason: 'Twice' })
    expect(await stories(first)).toContain('has taken your post out of the group')
    expect(await stories(first)).toContain('Twice')
    const own = await say(one, one.owner, 'My own')
    await moderate(test.ctx, one.owner.viewer, one.group.actorId, { deed: 'remove', postId: own, reason: '' })
    expect(await stories(one.owner)).not.toContain('has taken your post')
    // That the group has shown it is no story.
    expect(await stories(first)).not.toContain('boosted')
    expect(await stories(one.owner)).not.toContain('You are a member')
  })

  it('take what was typed along to where a topic gets pictures', async () => {
    const one = await hub()
    const member = await joined(one)
    const form = formWith((await open(test, one.path, member)).body, 'text')
    const typed = { ...form.fields, text: 'Which stone?\n« Mine » is worn & old.', more: 'true' }
    const answer = await send(test, member, form.action, typed)
    const { body } = await open(test, String(answer.headers.location), member)
    expect(body).toContain(`@${one.group.handle} Which stone?\n« Mine » is worn &amp; old.</textarea>`)
    const long = await send(test, member, form.action, { ...typed, text: '石'.repeat(2_000) })
    expect(long.statusCode).toBe(422)
    expect(long.body).toContain('石</textarea>')
  })

  it('begin topics by the form, with the group named and for everybody', async () => {
    const one = await hub()
    const member = await joined(one)
    const form = formWith((await open(test, one.path, member)).body, 'text')
    const fields = { ...form.fields, text: 'Which stone?\nMine is worn.' }
    const blank = await send(test, member, form.action, { ...fields, text: ' ' })
    expect(blank.statusCode).toBe(422)
    const answer = await send(test, member, form.action, fields)
    const place = String(answer.headers.location)
    expect(place).toMatch(new RegExp(`^/@${member.handle}/\\d+$`))
    // Sent twice, it is published once.
    expect((await send(test, member, form.action, fields)).headers.location).toBe(place)
    const post = await findPost(test.ctx.db, place.split('/').at(-1) ?? '')
    expect(post).toMatchObject({ visibility: 'public', source: `@${one.group.handle} Which stone?\nMine is worn.` })
    expect(await textOf(test, one.path, member)).toContain('name="more"')
    const compose = await textOf(test, `/compose?text=%40${one.group.handle}+&visibility=direct`, member)
    expect(compose).toContain(`@${one.group.handle} </textarea>`)
    expect(compose).toMatch(/value="direct"[^>]*checked/)
  })

  it('say why somebody may not write, and offer no form to who may not', async () => {
    const one = await hub({ posting: 'moderators' })
    const [member, stranger] = [await joined(one), await somebody(test)]
    for (const person of [member, stranger])
      expect(await textOf(test, one.path, person)).not.toContain(`${one.path}/topics`)
    expect(await textOf(test, one.path, one.owner)).toContain(`${one.path}/topics`)
    const refused = await send(test, member, `${one.path}/topics`, { text: 'All the same' })
    expect(refused.statusCode).toBe(422)
    expect(refused.body).toContain('Only those who look after the group begin topics.')
    expect(refused.body).toContain('All the same</textarea>')
    const eager = await hub({ posting: 'everyone' })
    for (const text of ['One', 'Two', 'Three']) await say(eager, stranger, text)
    const more = await send(test, stranger, `${eager.path}/topics`, { text: 'Four' })
    expect(more.statusCode).toBe(422)
    expect(more.body).toContain('within the hour')
  })

  it('show topics with title, author, answers and marks, pinned ones first, in pages', async () => {
    const one = await hub()
    const member = await joined(one, 'talker')
    const first = await say(one, member, 'The oldest question of all\nwith a second line')
    for (let n = 0; n < 21; n++) await say(one, one.owner, `Topic number ${n}`)
    await say(one, one.owner, 'An answer', { inReplyToId: first })
    await moderate(test.ctx, one.owner.viewer, one.group.actorId, { deed: 'pin', postId: first })
    await moderate(test.ctx, one.owner.viewer, one.group.actorId, { deed: 'lock', postId: first })
    const page = await textOf(test, one.path)
    const line = /<li class="topic">.*?<\/li>/s.exec(page)?.[0] ?? ''
    expect(line).toContain(`href="/@${member.handle}/${first}"`)
    expect(line).toMatch(/>The oldest question of all<\/a>/)
    for (const words of ['1 answer', 'Pinned', 'Closed', `by ${member.handle}`]) expect(line).toContain(words)
    expect(page.match(/class="topic"/g)).toHaveLength(21)
    const older = /rel="next" href="([^"]+)"/.exec(page)?.[1] ?? ''
    const rest = await textOf(test, older)
    expect(rest).toContain('Topic number 0')
    expect(rest).not.toContain('The oldest question')
  })

  it('show who is in a group, and what it is', async () => {
    const one = await hub({ rules: 'Be kind.\nNo adverts.', summary: 'About mills' })
    const member = await joined(one, 'miller')
    await test.ctx.db.$client`update actors set summary = '<p>Miller by the weir</p>' where id = ${member.actorId}`
    const members = await textOf(test, `${one.path}/members`)
    expect(members.indexOf(one.owner.path)).toBeLessThan(members.indexOf(member.path))
    for (const words of ['Owner', 'Miller by the weir']) expect(members).toContain(words)
    const about = await textOf(test, `${one.path}/about`)
    for (const words of ['About mills', 'No adverts.', `@${one.group.handle}@`, 'follow it', one.owner.path])
      expect(about).toContain(words)
  })
})

describe('what was said in a group, elsewhere on the pages', () => {
  it('names the group and leaves out by what it was sent there, to its author as well', async () => {
    const one = await hub()
    const member = await joined(one)
    const id = await say(one, member, 'Which cardboard?')
    const alone = await say(one, member, '')
    expect(await textOf(test, `/@${member.handle}`, member)).toContain('>Which cardboard?<')
    for (const path of ['/', `/@${member.handle}/${id}`]) {
      const text = await textOf(test, path, member)
      expect(text, path).toContain(`in The ${one.group.handle}`)
      expect(text, path).toMatch(/<p>Which cardboard\?/)
      expect(text, path).not.toContain('1 boost')
    }
    // Who says nothing but the name of the group has said that.
    expect(await textOf(test, `/@${member.handle}/${alone}`, member)).toMatch(/class="[^"]*mention[^"]*"/)
    const { content, reblogs_count } = (await test.app.inject({ url: `/api/v1/statuses/${id}` })).json()
    expect(content).toContain('mention')
    expect(reblogs_count).toBe(1)
    const fan = await somebody(test, 'fan')
    await boostPost(test.ctx, fan.viewer, id, 'public')
    expect(await textOf(test, `/@${member.handle}/${id}`, member)).toContain('1 boost')
  })

  it('keeps other mentions, and says of a private group who reads there', async () => {
    const one = await hub({ isPrivate: true })
    const member = await joined(one)
    const id = await say(one, member, `@${one.owner.handle} look`)
    const text = await textOf(test, `/@${member.handle}/${id}`, member)
    expect(text).toContain(`Members of The ${one.group.handle}`)
    expect(text).not.toContain('Named people')
    expect(text).toContain(`@<span>${one.owner.handle}</span>`)
    expect(text).not.toContain(`@<span>${one.group.handle}</span>`)
  })
})

describe('moderating on the pages of a group', () => {
  it('takes out, closes, opens and pins on the page of a post, for those who look after the group alone', async () => {
    const one = await hub()
    const member = await joined(one)
    const id = await say(one, member, 'A topic')
    const place = `/@${member.handle}/${id}`
    expect(await textOf(test, place)).toContain(`in The ${one.group.handle}`)
    expect(await textOf(test, place, member)).not.toContain(`${one.path}/posts/`)
    const act = (by: Person, deed: string, fields = {}) =>
      send(test, by, `${one.path}/posts/${id}/${deed}`, { next: place, ...fields })
    expect((await act(member, 'lock')).statusCode).toBe(403)
    const locked = await act(one.owner, 'lock')
    expect([locked.statusCode, locked.headers.location]).toEqual([303, place])
    const closed = await textOf(test, place, member)
    expect(closed).toContain('closed to new answers')
    expect(closed).not.toContain(`/compose?reply=${id}`)
    expect(await textOf(test, place, one.owner)).toContain('Open the topic again')
    await act(one.owner, 'unlock')
    expect(await textOf(test, place, member)).toContain(`/compose?reply=${id}`)
    await act(one.owner, 'pin')
    expect(await textOf(test, one.path)).toContain('Pinned')
    await act(one.owner, 'unpin')
    expect(await textOf(test, one.path)).not.toContain('Pinned')
    const answer = await say(one, one.owner, 'An answer', { inReplyToId: id })
    const below = await textOf(test, `/@${one.owner.handle}/${answer}`, one.owner)
    expect(below).toContain(`${one.path}/posts/${answer}/remove`)
    expect(below).not.toContain(`${one.path}/posts/${answer}/lock`)
    expect((await act(one.owner, 'remove', { reason: 'Off topic' })).headers.location).toBe(one.path)
    expect(await textOf(test, one.path)).not.toContain(place)
    expect(await textOf(test, place)).not.toContain(`in The ${one.group.handle}`)
  })

  it('shows below a topic what the group has taken alone: not what was taken out, nor what it refused', async () => {
    const at = await hub()
    const [member, stranger] = [await joined(at), await somebody(test, 'stranger')]
    const topic = await say(at, at.owner, 'Which yeast?')
    const [kept, spam] = [
      await say(at, member, 'The fresh one', { inReplyToId: topic }),
      await say(at, member, 'Buy pills', { inReplyToId: topic }),
    ]
    await createPost(test.ctx, stranger.viewer, { text: 'Not let in', visibility: 'public', inReplyToId: topic })
    await moderate(test.ctx, at.owner.viewer, at.group.actorId, { deed: 'remove', postId: spam, reason: 'Spam' })
    const below = async (reader?: Person) => {
      const url = `/api/v1/statuses/${topic}/context`
      const headers = reader ? (await test.signIn(reader.handle)).headers : {}
      const { descendants } = (await test.app.inject({ url, headers })).json()
      return descendants.map(({ content }: { content: string }) =>
        content
          .replace(/<[^>]*>/g, '')
          .split(' ')
          .at(-1),
      )
    }
    expect(await below()).toEqual(['one'])
    expect(await below(at.owner)).toEqual(['one'])
    // Whoever wrote it finds it again, and it is where else it is.
    expect(await below(member)).toEqual(['one', 'pills'])
    expect(await below(stranger)).toEqual(['one', 'in'])
    const page = await textOf(test, `/@${at.owner.handle}/${topic}`, at.owner)
    expect(page).toContain(`/${kept}`)
    for (const words of ['Buy pills', 'Not let in']) expect(page).not.toContain(words)
    expect((await test.app.inject({ url: `/api/v1/statuses/${spam}` })).statusCode).toBe(200)
  })

  it('puts back what was taken out: from the list of those who look after it, or the page of the post', async () => {
    const at = await hub()
    const [member, helper] = [await joined(at), await joined(at, 'helper')]
    await moderate(test.ctx, at.owner.viewer, at.group.actorId, { deed: 'appoint', targetId: helper.actorId })
    const topic = await say(at, member, 'Which yeast?')
    const place = `/@${member.handle}/${topic}`
    const taken = { deed: 'remove', postId: topic, reason: 'Asked twice' } as const
    await moderate(test.ctx, at.owner.viewer, at.group.actorId, taken)
    const stories = async () => {
      await tellEverybody(test.ctx)
      return textOf(test, '/notifications', member)
    }
    expect(await stories()).toContain('Asked twice')
    const list = await textOf(test, `${at.path}/moderation`, helper)
    for (const words of ['Taken out lately', `href="${place}"`, `taken out by ${at.owner.handle}`, 'Asked twice'])
      expect(list).toContain(words)
    const back = `${at.path}/posts/${topic}/restore`
    const next = (where: string) => `action="${back}"><input type="hidden" name="next" value="${where}">`
    expect(list).toContain(next(`${at.path}/moderation`))
    expect((await send(test, member, back)).statusCode).toBe(403)
    const done = await send(test, helper, back, { next: `${at.path}/moderation` })
    expect([done.statusCode, done.headers.location]).toEqual([303, `${at.path}/moderation`])
    expect(flashOf(done)).toContain('The post is in the group again.')
    expect(await textOf(test, at.path)).toContain(`href="${place}"`)
    expect(await textOf(test, '/', helper)).toContain('Which yeast?')
    expect(await textOf(test, `${at.path}/moderation`, helper)).not.toContain('Taken out lately')
    expect(await stories()).not.toContain('Asked twice')
    // Whoever is told again is told again.
    await moderate(test.ctx, at.owner.viewer, at.group.actorId, { ...taken, reason: 'Asked thrice' })
    expect(await stories()).toContain('Asked thrice')
    for (const person of [member, undefined]) expect(await textOf(test, place, person)).not.toContain('taken out of')
    expect(await textOf(test, place, helper)).toContain(`taken out of The ${at.group.handle}`)
    expect(await textOf(test, place, helper)).toContain(next(place))
    expect((await send(test, helper, back, { next: place })).headers.location).toBe(place)
    expect(await textOf(test, place)).toContain(`in The ${at.group.handle}`)
    // That who is answered did not let it in is nobody's removal.
    const { db } = test.ctx
    await db.$client`update group_posts set removed_at = now(), removed_by_id = null where post_id = ${topic}`
    expect(await textOf(test, `${at.path}/moderation`, helper)).not.toContain('Taken out lately')
    expect((await send(test, helper, back)).statusCode).toBe(409)
    await db.$client`update group_posts set removed_by_id = ${at.owner.actorId} where post_id = ${topic}`
    expect(await textOf(test, `${at.path}/moderation`, helper)).toContain('Taken out lately')
    await deletePost(test.ctx, member.viewer, topic)
    expect((await send(test, helper, back)).statusCode).toBe(409)
  })

  it('shows in a private group what was taken out to those alone who look after it, and puts back no word aside', async () => {
    const at = await hub({ isPrivate: true, isLocked: true })
    const [member, other, outsider] = [await joined(at), await joined(at), await somebody(test, 'outsider')]
    const { group, owner } = at
    const topic = await say(at, member, 'Between us')
    const place = `/@${member.handle}/${topic}`
    await moderate(test.ctx, owner.viewer, group.actorId, { deed: 'remove', postId: topic, reason: '' })
    const statuses = async () =>
      Promise.all([owner, member, other, outsider].map(async (who) => (await open(test, place, who)).statusCode))
    expect(await statuses()).toEqual([200, 200, 404, 404])
    expect(await textOf(test, `${at.path}/moderation`, owner)).toContain('Between us')
    await moderate(test.ctx, owner.viewer, group.actorId, { deed: 'restore', postId: topic })
    expect(await statuses()).toEqual([200, 200, 200, 404])
    await editPost(test.ctx, member.viewer, topic, { text: `@${group.handle} And @${outsider.handle}` })
    const post = await findPost(test.ctx.db, topic)
    expect(post && (await keepPlace(test.ctx, group, post))).toBe(false)
    expect((await open(test, place, owner)).statusCode).toBe(404)
    expect(await textOf(test, `${at.path}/moderation`, owner)).not.toContain('Taken out lately')
    const back = moderate(test.ctx, owner.viewer, group.actorId, { deed: 'restore', postId: topic })
    await expect(back).rejects.toMatchObject({ code: 'conflict' })
  })

  it('keeps people out with a reason and an end, and lets them in again', async () => {
    const one = await hub()
    const [member, other] = [await joined(one, 'noisy'), await somebody(test)]
    const form = formWith((await open(test, `${one.path}/moderation?ban=%40${member.handle}`, one.owner)).body, 'who')
    expect(form.fields.who).toBe(`@${member.handle}`)
    const fields = { who: '@nobody_at_all', until: 'day', reason: 'Noise', removes_posts: 'true' }
    const unknown = await send(test, one.owner, form.action, fields)
    expect(unknown.statusCode).toBe(422)
    expect(unknown.body).toContain('Noise</textarea>')
    const owner = await send(test, one.owner, form.action, { ...fields, who: one.owner.handle })
    expect(owner.body).toContain('An owner of the group stays one.')
    expect((await send(test, other, form.action, fields)).statusCode).toBe(404)
    await send(test, one.owner, form.action, { ...fields, who: `@${member.handle}` })
    const [ban] = await listBans(test.ctx.db, one.group.actorId)
    expect(ban?.until?.getTime()).toBe(test.clock.now().getTime() + 86_400_000)
    expect(await textOf(test, one.path, member)).toContain('You are kept out')
    expect((await send(test, member, `${one.path}/join`)).statusCode).toBe(422)
    await send(test, one.owner, `${one.path}/moderation/members/${member.actorId}/unban`)
    expect((await send(test, member, `${one.path}/join`)).statusCode).toBe(303)
  })

  it('shows first where something was said last, as long as it is there', async () => {
    const one = await hub()
    const member = await joined(one)
    const old = await say(one, member, 'The old topic')
    const recent = await say(one, member, 'The recent topic')
    const order = async () => {
      const page = await textOf(test, one.path, member)
      return [old, recent].toSorted((a, b) => page.indexOf(`/${a}"`) - page.indexOf(`/${b}"`))
    }
    expect(await order()).toEqual([recent, old])
    const answer = await say(one, member, 'An answer', { inReplyToId: old })
    expect(await order()).toEqual([old, recent])
    await moderate(test.ctx, one.owner.viewer, one.group.actorId, { deed: 'remove', postId: answer, reason: '' })
    expect(await order()).toEqual([recent, old])
    const other = await say(one, member, 'Another answer', { inReplyToId: old })
    expect(await order()).toEqual([old, recent])
    await deletePost(test.ctx, member.viewer, other)
    expect(await order()).toEqual([recent, old])
  })

  it('takes into a private group nothing that also names who is not in it, not by an edit either', async () => {
    const one = await hub({ isPrivate: true, isLocked: true })
    const [member, other, outsider] = [await joined(one), await joined(one), await somebody(test, 'outsider')]
    const enter = async (text: string) => {
      const draft = { text: `@${one.group.handle} ${text}`, visibility: 'direct' } as const
      const id = await createPost(test.ctx, member.viewer, draft)
      const post = await findPost(test.ctx.db, id)
      return { id, refusal: post && (await enterPost(test.ctx, { group: one.group, post, parent: null })) }
    }
    expect((await enter(`For us and @${outsider.handle}`)).refusal).toBe('not-private')
    const { id, refusal } = await enter(`For us, @${other.handle}`)
    expect(refusal).toBe(null)
    await editPost(test.ctx, member.viewer, id, { text: `@${one.group.handle} And @${outsider.handle}` })
    const post = await findPost(test.ctx.db, id)
    expect(post && (await keepPlace(test.ctx, one.group, post))).toBe(false)
  })

  it('finds a private group by its address alone, but for its members', async () => {
    const one = await hub({ isPrivate: true, isLocked: true, name: 'Quincaillerie secrète' })
    const [member, outsider] = [await joined(one), await somebody(test, 'outsider')]
    const search = async (person: Person, text: string) =>
      (await textOf(test, `/search?q=${encodeURIComponent(text)}`, person)).includes(`href="/@${one.group.handle}"`)
    expect([await search(outsider, 'quincaillerie'), await search(member, 'quincaillerie')]).toEqual([false, true])
    expect([await search(outsider, one.group.handle.slice(0, -1)), await search(outsider, one.group.handle)]).toEqual([
      false,
      true,
    ])
  })

  it('leaves what was said where it is when the topic is closed after it, and comes again', async () => {
    const one = await hub()
    const member = await joined(one)
    const topic = await say(one, member, 'A topic')
    const answer = await say(one, member, 'An answer', { inReplyToId: topic })
    await moderate(test.ctx, one.owner.viewer, one.group.actorId, { deed: 'lock', postId: topic })
    const [post, [parent = null]] = await Promise.all([findPost(test.ctx.db, answer), listPlaces(test.ctx.db, topic)])
    expect(post && (await enterPost(test.ctx, { group: one.group, post, parent }))).toBe(null)
  })

  it('lets owners appoint, dismiss and remove, and moderators only remove', async () => {
    const one = await hub()
    const [helper, member] = [await joined(one, 'helper'), await joined(one)]
    const act = (by: Person, whom: Person, verb: string) =>
      send(test, by, `${one.path}/moderation/members/${whom.actorId}/${verb}`)
    expect(await textOf(test, `${one.path}/moderation`, one.owner)).toContain(`${helper.actorId}/appoint`)
    await act(one.owner, helper, 'appoint')
    expect((await standing(one, helper)).role).toBe('moderator')
    const page = await textOf(test, `${one.path}/moderation`, helper)
    expect(page).toContain(`${member.actorId}/remove`)
    expect(page).not.toContain('/appoint')
    expect((await act(helper, member, 'appoint')).statusCode).toBe(403)
    expect((await open(test, `${one.path}/settings`, helper)).statusCode).toBe(404)
    expect((await act(helper, member, 'remove')).statusCode).toBe(303)
    expect((await standing(one, member)).memberSince).toBe(null)
    await act(one.owner, helper, 'dismiss')
    expect((await standing(one, helper)).role).toBe(null)
  })

  it('lets an owner make another one, and then step down or leave, which the last one cannot', async () => {
    const one = await hub()
    const [helper, member] = [await joined(one, 'helper'), await joined(one)]
    const act = (by: Person, whom: Person, verb: string, fields = {}) =>
      send(test, by, `${one.path}/moderation/members/${whom.actorId}/${verb}`, fields)
    const roles = async () =>
      Promise.all([one.owner, helper, member].map(async (who) => (await standing(one, who)).role))
    expect(await textOf(test, `${one.path}/moderation`, one.owner)).not.toContain('Step down')
    expect((await act(one.owner, one.owner, 'dismiss')).statusCode).toBe(409)
    expect((await act(one.owner, one.owner, 'appoint', { role: 'moderator' })).statusCode).toBe(409)
    await act(one.owner, helper, 'appoint', { role: 'moderator' })
    expect((await act(helper, helper, 'appoint', { role: 'owner' })).statusCode).toBe(403)
    const page = await textOf(test, `${one.path}/moderation`, one.owner)
    expect(page).toContain(`id="appoint-${helper.actorId}" popover`)
    expect(flashOf(await act(one.owner, helper, 'appoint', { role: 'owner' }))).toContain('owns the group now')
    expect(await roles()).toEqual(['owner', 'owner', null])
    // Nobody else takes it away again, and nobody makes an owner of who could do nothing here.
    expect((await act(one.owner, helper, 'dismiss')).statusCode).toBe(409)
    const far = await make.remoteActor(test.ctx, { handle: uniqueName('far') })
    const remote = { deed: 'appoint', targetId: far.id, role: 'owner' } as const
    const appointing = moderate(test.ctx, one.owner.viewer, one.group.actorId, remote)
    await expect(appointing).rejects.toMatchObject({ code: 'conflict' })
    expect(await textOf(test, one.path, one.owner)).toContain(`${one.path}/leave`)
    expect(await textOf(test, `${one.path}/moderation`, one.owner)).toContain('Step down')
    const left = await act(one.owner, one.owner, 'dismiss')
    expect([left.statusCode, left.headers.location]).toEqual([303, one.path])
    expect(await roles()).toEqual([null, 'owner', null])
    expect((await send(test, helper, `${one.path}/leave`)).statusCode).toBe(409)
    await act(helper, member, 'appoint', { role: 'owner' })
    expect((await send(test, helper, `${one.path}/leave`)).statusCode).toBe(303)
    expect(await standing(one, helper)).toMatchObject({ role: null, memberSince: null })
    expect(await roles()).toEqual([null, null, 'owner'])
  })

  it('keeps one owner of two who step down at the same moment', async () => {
    const one = await hub()
    const second = await joined(one, 'second')
    const appoint = { deed: 'appoint', targetId: second.actorId, role: 'owner' } as const
    await moderate(test.ctx, one.owner.viewer, one.group.actorId, appoint)
    const leave = ({ viewer, actorId }: Person) =>
      moderate(test.ctx, viewer, one.group.actorId, { deed: 'dismiss', targetId: actorId })
    const outcomes = await Promise.allSettled([leave(one.owner), leave(second)])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  it('lists what was reported in the group, without who reported it and why', async () => {
    const one = await hub()
    const [member, teller] = [await joined(one, 'reported'), await somebody(test, 'teller')]
    const id = await say(one, member, 'Buy my flour')
    await test.ctx.db.$client`insert into reports (actor_id, target_id, comment, post_ids)
      values (${teller.actorId}, ${member.actorId}, 'A secret reason', array[${id}::bigint])`
    const page = await textOf(test, `${one.path}/moderation`, one.owner)
    expect(page).toContain(`href="/@${member.handle}/${id}"`)
    expect(page).not.toContain('A secret reason')
    expect(page).not.toContain(teller.handle)
  })

  it('changes what a group is, for owners alone, and keeps what was typed', async () => {
    const one = await hub({ summary: 'Before' })
    const member = await joined(one)
    const settings = `${one.path}/settings`
    expect((await open(test, settings, member)).statusCode).toBe(404)
    expect(await textOf(test, settings, one.owner)).toContain('Before</textarea>')
    const { handle: _, ...fields } = typed({ name: 'New name', posting: 'moderators' })
    const wrong = await send(test, one.owner, settings, { ...fields, rules: 'x'.repeat(5_001) })
    expect(wrong.statusCode).toBe(422)
    expect(wrong.body).toContain('value="New name"')
    expect((await send(test, member, settings, fields)).statusCode).toBe(404)
    expect((await send(test, one.owner, settings, fields)).statusCode).toBe(303)
    expect(await getActor(test.ctx.db, one.group.actorId)).toMatchObject({ name: 'New name', isLocked: true })
    expect(await findGroupByHandle(test.ctx.db, one.group.handle)).toMatchObject({ posting: 'moderators' })
    const secret = await hub({ isPrivate: true })
    const form = await textOf(test, `${secret.path}/settings`, secret.owner)
    expect(form).not.toContain('name="joining"')
    await send(test, secret.owner, `${secret.path}/settings`, { ...fields, joining: 'public' })
    expect(await findGroupByHandle(test.ctx.db, secret.group.handle)).toMatchObject({ isPrivate: true, isLocked: true })
  })
})

describe('the end of a group', () => {
  const end = ({ path }: Hub, person: Person) => send(test, person, `${path}/settings/end`)

  it('is for its owners to say, after a question; nothing of it is shown any more, and its handle stays taken', async () => {
    const at = await hub({ summary: 'What we were for' })
    const [member, helper] = [await joined(at, 'teller'), await joined(at, 'helper')]
    await moderate(test.ctx, at.owner.viewer, at.group.actorId, { deed: 'appoint', targetId: helper.actorId })
    const topic = await say(at, member, 'Which yeast?')
    const spam = await say(at, helper, 'Buy pills', { inReplyToId: topic })
    await moderate(test.ctx, at.owner.viewer, at.group.actorId, { deed: 'remove', postId: spam, reason: '' })
    await moderate(test.ctx, at.owner.viewer, at.group.actorId, { deed: 'lock', postId: topic })
    const settings = await textOf(test, `${at.path}/settings`, at.owner)
    for (const words of ['id="end-group" popover', `action="${at.path}/settings/end"`])
      expect(settings).toContain(words)
    for (const person of [member, helper]) expect((await end(at, person)).statusCode).toBe(404)
    const done = await end(at, at.owner)
    expect([done.statusCode, done.headers.location]).toEqual([303, '/groups'])
    expect(flashOf(done)).toContain(`The ${at.group.handle} is no more.`)
    expect((await end(at, at.owner)).statusCode).toBe(410)
    for (const page of ['', '/members', '/about', '/settings', '/moderation'])
      expect((await open(test, at.path + page, at.owner)).statusCode, page).toBe(410)
    expect((await open(test, `/@${at.group.handle}`, member)).statusCode).toBe(410)
    for (const page of [
      '/groups',
      '/',
      `/search?q=${at.group.handle}`,
      '/notifications',
      `/@${member.handle}/${topic}`,
    ])
      for (const person of [at.owner, member, helper]) {
        const text = await textOf(test, page, person)
        // Whoever wrote what was taken out has it still.
        const traces = [`The ${at.group.handle}`, `href="${at.path}`, person === helper ? 'no spam' : 'Buy pills']
        for (const words of traces) expect(text, `${page} ${words}`).not.toContain(words)
      }
    const again = await send(test, at.owner, '/groups/new', typed({ handle: at.group.handle }))
    expect(again.statusCode).toBe(422)
    // What was said is its author's, and open to answers as any post of theirs.
    const answer = await createPost(test.ctx, helper.viewer, { text: 'The fresh one', inReplyToId: topic })
    const page = await textOf(test, `/@${member.handle}/${topic}`)
    expect(page).toContain('Which yeast?')
    expect(page).toContain(`/${answer}`)
  })

  it('leaves what was said in a private one to those whom it names (leak test)', async () => {
    const at = await hub({ isPrivate: true, isLocked: true })
    const [member, named, other] = [await joined(at), await joined(at, 'named'), await joined(at, 'other')]
    const topic = await say(at, member, `Between us, @${named.handle}`)
    const statuses = async () =>
      Promise.all(
        [at.owner, member, named, other].map(
          async (who) => (await open(test, `/@${member.handle}/${topic}`, who)).statusCode,
        ),
      )
    expect(await statuses()).toEqual([200, 200, 200, 200])
    expect((await end(at, at.owner)).statusCode).toBe(303)
    expect(await statuses()).toEqual([404, 200, 200, 404])
    const page = await textOf(test, `/@${member.handle}/${topic}`, named)
    expect(page).not.toContain('Members of')
    // An answer goes to who is named, and no longer to a group.
    const draft = { text: `@${member.handle} Yes`, visibility: 'direct', inReplyToId: topic } as const
    const answer = await createPost(test.ctx, named.viewer, draft)
    const seen = async (who: Person) => (await open(test, `/@${named.handle}/${answer}`, who)).statusCode
    expect(await Promise.all([seen(member), seen(other), seen(at.owner)])).toEqual([200, 404, 404])
  })
})

describe('the picture of a group', () => {
  it('is set and taken away by owners, in the form that changes the group', async () => {
    const worker = startPictureWorker(test.ctx)
    const one = await hub()
    const { handle: _, ...fields } = typed({ joining: 'public' })
    const save = async (parts: readonly FormPart[], person = one.owner) => {
      const { payload, headers } = await multipartBody([...Object.entries(fields), ...parts])
      const url = `${one.path}/settings`
      return test.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...person.headers } })
    }
    const avatar = async () => (await getActor(test.ctx.db, one.group.actorId)).avatar
    const picture = { bytes: await jpeg({ width: 500, height: 500 }), filename: 'mill.jpg' }
    expect((await save([['avatar', picture]], await joined(one))).statusCode).toBe(404)
    expect(await textOf(test, one.path, one.owner)).toContain('Add a picture')
    expect(await textOf(test, one.path, await joined(one))).not.toContain('Add a picture')
    expect((await save([['avatar', picture]])).statusCode).toBe(303)
    expect(await textOf(test, one.path, one.owner)).not.toContain('Add a picture')
    expect(await avatar()).toMatchObject({ state: 'ready' })
    const wrong = await save([['avatar', { bytes: html(), filename: 'mill.jpg' }]])
    expect(wrong.statusCode).toBe(422)
    expect(wrong.body).toContain('This picture cannot be used.')
    expect(await avatar()).toMatchObject({ state: 'ready' })
    expect((await save([['avatar-remove', 'true']])).statusCode).toBe(303)
    expect(await avatar()).toBe(null)
    await worker.close()
  })
})

describe('a private group', () => {
  it('shows its name and text to who has the link, and nothing that is said or who is there (leak test)', async () => {
    const one = await hub({ isPrivate: true, summary: 'What we are for', question: 'Who are you?' })
    const member = await joined(one, 'insider')
    const waiting = await somebody(test, 'waiting')
    await send(test, waiting, `${one.path}/join`, { note: 'Me' })
    const id = await say(one, member, 'The secret topic #hushhush')
    await say(one, one.owner, 'A secret answer', { inReplyToId: id })
    await moderate(test.ctx, one.owner.viewer, one.group.actorId, { deed: 'pin', postId: id })
    const secrets = ['secret', 'insider', one.owner.handle, id, '3 members', '2 members']
    for (const person of [undefined, await somebody(test, 'stranger'), waiting]) {
      for (const page of ['', '/members', '/about']) {
        const text = await textOf(test, one.path + page, person)
        for (const secret of secrets) expect(text, `${page} ${secret}`).not.toContain(secret)
      }
      const front = await textOf(test, one.path, person)
      expect(front).toContain('What we are for')
      expect(front).toContain('For members')
      expect(await textOf(test, `${one.path}/members`, person)).toContain('For members')
      expect((await open(test, `/@${member.handle}/${id}`, person)).statusCode).toBe(404)
      if (person !== waiting) expect(await textOf(test, '/groups', person)).not.toContain(one.path)
      expect((await open(test, `${one.path}/moderation`, person)).statusCode).not.toBe(200)
      expect((await open(test, `${one.path}/settings`, person)).statusCode).not.toBe(200)
    }
    const { handle } = one.group
    const { headers } = await test.signIn(uniqueName('client'))
    const account = await test.app.inject({ url: `/api/v1/accounts/lookup?acct=${handle}`, headers })
    expect(account.json()).toMatchObject({ followers_count: 0, statuses_count: 0, last_status_at: null })
    const found = await test.app.inject({ url: '/api/v2/search?q=hushhus&type=hashtags', headers })
    expect(found.json().hashtags).toEqual([])
    const moderators = `/users/${handle}/moderators`
    expect((await test.app.inject({ url: moderators })).statusCode).toBe(404)
    expect((await test.app.inject({ url: `/users/${(await hub()).group.handle}/moderators` })).statusCode).toBe(200)
    for (const collection of ['followers', 'outbox']) {
      const url = `/users/${handle}/${collection}`
      const answer = await test.app.inject({ url, headers: { accept: 'application/activity+json' } })
      expect(answer.json()).toMatchObject({ type: 'OrderedCollection' })
      expect(answer.json()).not.toHaveProperty('totalItems')
    }
    for (const person of [member, one.owner]) {
      expect(await textOf(test, one.path, person)).toContain('The secret topic')
      expect(await textOf(test, `${one.path}/members`, person)).toContain('insider')
      expect(await textOf(test, '/groups', person)).toContain(one.path)
    }
  })

  it('is named to whoever answers within it, so that nobody takes an answer for a word aside', async () => {
    const one = await hub({ isPrivate: true })
    const member = await joined(one)
    const id = await say(one, one.owner, 'What do you think?')
    const { headers } = await test.signIn(member.handle)
    const payload = { status: `@${one.owner.handle} Nothing`, in_reply_to_id: id, visibility: 'direct' }
    const { mentions } = (await test.app.inject({ method: 'POST', url: '/api/v1/statuses', headers, payload })).json()
    expect(mentions.map(({ username }: { username: string }) => username).toSorted()).toEqual(
      [one.group.handle, one.owner.handle].toSorted(),
    )
  })

  it('takes topics for its members alone', async () => {
    const one = await hub({ isPrivate: true })
    const [member, stranger] = [await joined(one), await somebody(test)]
    const answer = await send(test, member, `${one.path}/topics`, { text: 'Between us' })
    const post = await findPost(test.ctx.db, String(answer.headers.location).split('/').at(-1) ?? '')
    expect(post?.visibility).toBe('direct')
    expect((await send(test, stranger, `${one.path}/topics`, { text: 'Hello' })).statusCode).toBe(422)
    await answerMember(test.ctx, one.owner.viewer, {
      ...{ groupId: one.group.actorId, actorId: member.actorId, answer: 'remove' },
    })
    expect(await textOf(test, one.path, member)).toContain('For members')
    expect(await findLocalActor(test.ctx.db, one.group.handle)).toMatchObject({ isDiscoverable: false })
  })
})
