import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFilter } from '#src/features/filters/service.ts'
import { requestFollow } from '#src/features/follows/service.ts'
import { muteActor } from '#src/features/mutes/service.ts'
import { boostPost } from '#src/features/posts/boost.ts'
import { createPost } from '#src/features/posts/create.ts'
import { deletePost } from '#src/features/posts/remove.ts'
import { receiveReaction } from '#src/features/reactions/emoji.ts'
import { likePost } from '#src/features/reactions/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import {
  befriend,
  flashOf,
  giveRole,
  open,
  type Person,
  send,
  somebody,
  textOf,
  write,
} from '#test/support/browsing.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { countQueries } from '#test/support/queries.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

/** The number beside the way to the notifications, as it stands on another page. */
async function badge(person: Person): Promise<string | null> {
  const page = await textOf(test, '/bookmarks', person)
  return /nav-link__waiting"><span aria-hidden="true">([^<]*)</.exec(page)?.[1] ?? null
}

async function told(person: Person, query = ''): Promise<string> {
  await tellEverybody(test.ctx)
  return textOf(test, `/notifications${query}`, person)
}

describe('the menu of identities', () => {
  it('says what waits for the others, too', async () => {
    const [me, fan] = [await somebody(test), await somebody(test, 'fan')]
    const house = await make.actor(test.ctx, { isLocked: true })
    await test.ctx.db
      .$client`insert into memberships (user_id, actor_id, role) values (${me.userId}, ${house.actor.id}, 'owner')`
    const id = await createPost(test.ctx, house.viewer, { text: 'From the house', language: 'en' })
    await likePost(test.ctx, fan.viewer, id)
    await requestFollow(test.ctx, fan.viewer, { actorId: house.actor.id })
    await tellEverybody(test.ctx)
    expect(await textOf(test, '/bookmarks', me)).toContain('<span class="menu__waiting">1 request · 2 new</span>')
    expect(await badge(me)).toBeNull()
  })
})

describe('the page of notifications', () => {
  it('says nothing has happened yet, to those who act as somebody', async () => {
    const me = await somebody(test)
    expect(await told(me)).toContain('Nothing yet')
    expect((await open(test, '/notifications')).headers.location).toBe('/login?next=%2Fnotifications')
  })

  it('tells one story in one line, with the way to what it is about', async () => {
    const me = await somebody(test)
    const fans = await Promise.all([1, 2, 3, 4].map(() => somebody(test, 'fan')))
    const id = await write(test, me, 'Fresh <bread>')
    for (const fan of fans) await likePost(test.ctx, fan.viewer, id)
    await boostPost(test.ctx, fans[0]?.viewer ?? me.viewer, id)
    const page = await told(me)
    const names = fans.map(({ handle }) => handle).toReversed()
    expect(page).toContain(`${names[0]}, ${names[1]} and 2 others like your post`)
    expect(page).toContain(`${fans[0]?.handle} boosted your post`)
    expect(page).toContain(`class="told__link" href="${me.path}/${id}"`)
    expect((await open(test, '/notifications', me)).body).toContain('Fresh &lt;bread&gt;')
  })

  it('tells with which emojis others react, and the page of the post how many do (item 16)', async () => {
    const me = await somebody(test)
    const [rosa, remo] = [await make.remoteActor(test.ctx), await make.remoteActor(test.ctx)]
    const postId = await write(test, me, 'Fresh bread')
    const pictureUrl = 'https://there.example/kiln.png'
    const react = (actorId: string, emoji: string, isLike = false) =>
      receiveReaction(test.ctx, {
        ...{ actorId, postId, emoji, isLike },
        pictureUrl: emoji === ':kiln:' ? pictureUrl : null,
        activityIri: `https://there.example/reactions/${uniqueName('r')}`,
      })
    expect(await react(rosa.id, '🥖')).toBe('created')
    expect(await told(me)).toContain(`${rosa.name} reacted to your post`)
    await react(remo.id, '🥖')
    await react(remo.id, ':kiln:', true)
    const page = await told(me)
    expect(page).toMatch(/ reacted to your post<\/bdi><\/a> 🥖 <img class="emoji" src="[^"]+" alt=":kiln:"/)
    const post = await textOf(test, `${me.path}/${postId}`, me)
    expect(post).toContain('<ul class="post__reactions" aria-label="Reactions">')
    expect(post).toContain('🥖<span aria-hidden="true">2</span><span class="visually-hidden"> – 2 people</span>')
    expect(post).toMatch(/alt=":kiln:"[^>]*><span aria-hidden="true">1</)
    await likePost(test.ctx, (await somebody(test, 'fan')).viewer, postId)
    expect(await told(me)).toMatch(/like your post<\/bdi><\/a> 🥖/)
  })

  it('shows an answer whole, with what can be done with it', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const id = await write(test, other, `@${me.handle} well done`)
    const page = await told(me)
    expect(page).toContain(`${other.handle} mentioned you`)
    expect(page).toContain(`href="/compose?reply=${id}"`)
    const answer = await send(test, me, `${other.path}/${id}/like`, { next: `/notifications#post-${id}` })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/notifications#post-${id}`])
  })

  it('counts what is new beside the way there, until it is opened', async () => {
    const [me, fan, other] = [await somebody(test), await somebody(test), await somebody(test)]
    const id = await write(test, me, 'a')
    expect(await badge(me)).toBeNull()
    await likePost(test.ctx, fan.viewer, id)
    await likePost(test.ctx, other.viewer, id)
    await write(test, fan, `@${me.handle} b`)
    await tellEverybody(test.ctx)
    expect(await badge(me)).toBe('2')
    expect(await told(me)).toContain('told__one--new')
    expect(await badge(me)).toBeNull()
    expect(await told(me)).not.toContain('told__one--new')
    await write(test, other, `@${me.handle} c`)
    await tellEverybody(test.ctx)
    expect(await badge(me)).toBe('1')
  })

  it('leaves what is new to the others when somebody only looks', async () => {
    const [me, fan] = [await somebody(test), await somebody(test)]
    await write(test, fan, `@${me.handle} b`)
    await giveRole(test, me, 'analyst')
    expect(await told(me)).toContain('told__one--new')
    expect(await badge(me)).toBe('1')
  })

  it('lets somebody in or not where they ask', async () => {
    const [me, ...askers] = [await somebody(test), await somebody(test), await somebody(test)]
    for (const { viewer } of askers) await requestFollow(test.ctx, viewer, { actorId: me.actorId })
    const page = await told(me)
    for (const { actorId, handle } of askers) {
      expect(page).toContain(`action="/requests/${actorId}/approve"`)
      expect(page).toContain(`${handle} asks to follow you`)
    }
    const [yes, no] = askers.map(({ actorId }) => actorId)
    const next = { next: '/notifications' }
    const approved = await send(test, me, `/requests/${yes}/approve`, next)
    expect(approved.headers.location).toBe('/notifications')
    expect(flashOf(approved)).toContain('now follows you')
    await send(test, me, `/requests/${no}/refuse`, next)
    const after = await told(me)
    expect(after).toContain(`${askers[0]?.handle} follows you`)
    expect(after).not.toContain('asks to follow you')
    await giveRole(test, me, 'responder')
    await requestFollow(test.ctx, (await somebody(test)).viewer, { actorId: me.actorId })
    const asResponder = await told(me)
    expect(asResponder).toContain('asks to follow you')
    expect(asResponder).not.toContain('/approve"')
  })

  it('says nothing of the muted and the filtered, nor of what is gone', async () => {
    const [me, muted, filtered, warned, sorry] = await Promise.all([1, 2, 3, 4, 5].map(() => somebody(test)))
    if (!me || !muted || !filtered || !warned || !sorry) throw new Error('somebody is missing')
    const draft = { contexts: ['notifications'], expiresAt: null }
    const keyword = (word: string) => [{ keyword: word, isWholeWord: true }]
    await createFilter(test.ctx, me.viewer, { ...draft, title: 'Never', action: 'hide', keywords: keyword('quince') })
    await createFilter(test.ctx, me.viewer, { ...draft, title: 'Asked', action: 'warn', keywords: keyword('medlar') })
    await write(test, muted, `@${me.handle} unheard`)
    await write(test, filtered, `@${me.handle} quince`)
    await write(test, warned, `@${me.handle} medlar`)
    const gone = await write(test, sorry, `@${me.handle} regretted`)
    await tellEverybody(test.ctx)
    await muteActor(test.ctx, me.viewer, { actorId: muted.actorId, hidesNotifications: true, durationMs: null })
    await deletePost(test.ctx, sorry.viewer, gone, { deletesPictures: true })
    const page = await told(me)
    for (const word of ['unheard', 'quince', 'regretted', sorry.handle]) expect(page).not.toContain(word)
    expect(page).toContain('Filtered: Asked')
  })

  it('goes on by plain links, and back to the newest', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    for (let index = 0; index < 31; index++) await write(test, other, `@${me.handle} number-${index}-`)
    const first = await told(me)
    expect(first).toContain('number-30-')
    expect(first).not.toContain('number-0-')
    const older = /href="(\/notifications\?max_id=\d+)"/.exec(first)?.[1] ?? ''
    const second = await textOf(test, older, me)
    expect(second).toContain('number-0-')
    expect(second).not.toContain('number-1-')
    expect(second).toMatch(/rel="prev" href="\/notifications"/)
  })

  it('reads as many queries for many stories as for one', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    // The least of three: once in a while a query is for something that is kept for a time, and no story's.
    const count = async () => {
      const counts: number[] = []
      for (let times = 0; times < 3; times++)
        counts.push(await countQueries(test.ctx.db, () => open(test, '/notifications', me)))
      return Math.min(...counts)
    }
    await write(test, other, `@${me.handle} one`)
    await tellEverybody(test.ctx)
    await open(test, '/notifications', me)
    const few = await count()
    for (let index = 0; index < 12; index++) await write(test, other, `@${me.handle} ${index}`)
    await tellEverybody(test.ctx)
    await open(test, '/notifications', me)
    expect(few).toBeGreaterThan(3)
    expect(await count()).toBe(few)
  })
})

describe('the page of those who are held back', () => {
  const direct = { visibility: 'direct' } as const

  it('shows what strangers said privately, and lets them through or forgets it', async () => {
    const [me, kind, rude] = [await somebody(test), await somebody(test), await somebody(test)]
    await write(test, kind, `@${me.handle} a kind word`, direct)
    await write(test, rude, `@${me.handle} a rude word`, direct)
    const page = await told(me)
    expect(page).toContain('2 senders wait to be let through')
    expect(page).not.toContain('a kind word')
    const held = await textOf(test, '/notifications/requests', me)
    expect(held).toContain('a kind word')
    const ids = [...held.matchAll(/requests\/(\d+)\/accept/g)].map(([, id]) => id)
    expect(ids).toHaveLength(2)
    const [first, second] = ids
    expect(flashOf(await send(test, me, `/notifications/requests/${first}/dismiss`))).toContain('Dismissed')
    expect(flashOf(await send(test, me, `/notifications/requests/${second}/accept`))).toContain('Let through')
    expect(await told(me)).toContain('a kind word')
    expect(await told(me)).not.toContain('a rude word')
    expect(await textOf(test, '/notifications/requests', me)).toContain('Nobody is held back')
  })

  it('is one’s own, and not for roles that only look', async () => {
    const [me, other, stranger] = [await somebody(test), await somebody(test), await somebody(test)]
    await befriend(test, me, other)
    await write(test, stranger, `@${me.handle} psst`, direct)
    await tellEverybody(test.ctx)
    const [, id] = /requests\/(\d+)\/accept/.exec(await textOf(test, '/notifications/requests', me)) ?? []
    expect((await send(test, other, `/notifications/requests/${id}/accept`)).statusCode).toBe(404)
    await giveRole(test, me, 'analyst')
    expect((await send(test, me, `/notifications/requests/${id}/accept`)).statusCode).toBe(403)
  })
})

describe('the page of by whom one wants to be told things', () => {
  it('shows what holds, and changes it', async () => {
    const [me, stranger] = [await somebody(test), await somebody(test, 'stranger')]
    expect(await told(me)).toContain('href="/settings/notifications"')
    const chosenIn = (page: string) =>
      [...page.matchAll(/<select[^>]*name="(for_\w+)".*?<option value="(\w+)" selected/gs)].map(([, name, value]) => [
        name,
        value,
      ])
    const page = async () => chosenIn((await open(test, '/settings/notifications', me)).body)
    expect(await page()).toEqual([
      ['for_not_following', 'accept'],
      ['for_not_followers', 'accept'],
      ['for_new_accounts', 'accept'],
      ['for_private_mentions', 'filter'],
    ])
    const wanted = {
      for_not_following: 'filter',
      for_not_followers: 'accept',
      for_new_accounts: 'accept',
      for_private_mentions: 'drop',
    }
    const saved = await send(test, me, '/settings/notifications', wanted)
    expect([saved.statusCode, flashOf(saved)]).toEqual([303, expect.stringContaining('Saved.')])
    expect(await page()).toEqual(Object.entries(wanted))
    await write(test, stranger, `@${me.handle} hello`)
    expect(await told(me)).toContain('1 sender waits to be let through')
    expect(await textOf(test, '/settings/notifications', me)).toContain('1 sender waits to be let through')
  })

  it('is for those who may care for the notifications of the team', async () => {
    const me = await somebody(test)
    await giveRole(test, me, 'analyst')
    expect((await open(test, '/settings/notifications', me)).statusCode).toBe(403)
    const wishes = Object.fromEntries(
      ['not_following', 'not_followers', 'new_accounts', 'private_mentions'].map((name) => [`for_${name}`, 'drop']),
    )
    expect((await send(test, me, '/settings/notifications', wishes)).statusCode).toBe(403)
    expect((await send(test, me, '/settings/notifications', { for_not_following: 'maybe' })).statusCode).toBe(422)
  })
})
