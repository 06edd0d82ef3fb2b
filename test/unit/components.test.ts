import { describe, expect, it } from 'vitest'
import { translatorFor } from '#src/locales/translator.ts'
import { address, nameOf } from '#src/web/components/actor.ts'
import { avatar } from '#src/web/components/avatar.ts'
import { postButton } from '#src/web/components/button.ts'
import { composeForm } from '#src/web/components/compose-form.ts'
import { consentForm, isScopeName } from '#src/web/components/consent-form.ts'
import { textArea, textField } from '#src/web/components/field.ts'
import { followRequestList } from '#src/web/components/follow-request-list.ts'
import { openGraph } from '#src/web/components/open-graph.ts'
import { pager } from '#src/web/components/pager.ts'
import { coveredPicture, picture, ratioClass } from '#src/web/components/picture.ts'
import { pictureGrid, pictureMosaic } from '#src/web/components/picture-grid.ts'
import { placeholderOf } from '#src/web/components/placeholder.ts'
import { postArticle } from '#src/web/components/post.ts'
import { type ProfileRelation, profileHeader } from '#src/web/components/profile-header.ts'
import { profilePosts } from '#src/web/components/profile-posts.ts'
import { toneCount, toneOf } from '#src/web/tone.ts'
import {
  sampleActor,
  sampleComposeForm,
  sampleItem,
  sampleNow,
  samplePicture,
  samplePollFields,
  samplePost,
  sampleProfile,
  sampleSettings,
} from '#test/support/page-samples.ts'

const t = translatorFor('en')

describe('an actor', () => {
  it('is called by the handle when there is no name', () => {
    expect(nameOf({ name: '  ', handle: 'lea' })).toBe('lea')
  })

  it('shows the whole address', () => {
    const text = address({ handle: 'lea', host: 'a.example' })
      .toString()
      .replace(/<[^>]*>/g, '')
    expect(text).toBe('@lea@a.example')
  })

  it('is round as a person and square as anybody else', () => {
    const person = { ...sampleActor, avatarUrl: '/a.jpg', type: 'Person' as const }
    expect(avatar(person, 'm').toString()).toContain('avatar--round')
    expect(avatar({ ...person, type: 'Organization' }, 'm').toString()).toContain('avatar--square')
  })

  it('without a picture has the first letter on a tone that never changes', () => {
    const text = avatar({ ...sampleActor, name: 'élan' }, 'm').toString()
    expect(text).toContain('>É</text>')
    expect(text).toContain(`tone-${toneOf('MAISON')}`)
    expect(toneOf('maison')).toBeLessThan(toneCount)
  })
})

describe('a picture', () => {
  it('carries sizes, proportions and its own colours', () => {
    const text = picture(samplePicture, { sizes: '50vw' }, t).toString()
    expect(text).toContain('srcset="/media/a/640.jpg 640w, /media/a/2048.jpg 2048w" sizes="50vw"')
    expect(text).toContain('<source type="image/webp" srcset="/media/a/640.webp 640w" sizes="50vw">')
    expect(text).toContain('alt="A loaf of bread" width="1600" height="1200" loading="lazy"')
    expect(text).toMatch(
      /<img class="picture__ground" src="data:image\/bmp;base64,[\w+/=]+" alt="" width="6" height="6">/,
    )
  })

  it('is fetched at once when it is among the first', () => {
    const text = picture(samplePicture, { sizes: '50vw', isFirst: true }, t).toString()
    expect(text).toContain('fetchpriority="high"')
    expect(text).not.toContain('loading="lazy"')
  })

  it('keeps its focal point when it is cropped', () => {
    const text = picture(samplePicture, { sizes: '1px', isCropped: true }, t).toString()
    expect(text).toContain('picture--cropped focus-x-8 focus-y-10')
  })

  it('stays within the known proportions', () => {
    expect(ratioClass({ width: 100, height: 1_000 })).toBe('ratio-5')
    expect(ratioClass({ width: 1_000, height: 100 })).toBe('ratio-25')
    expect(ratioClass({ width: null, height: null })).toBe('ratio-13')
  })

  it('holds its place while it is being prepared', () => {
    const text = picture(
      { ...samplePicture, src: null, sizes: [], webp: [], blurhash: null },
      { sizes: '1px' },
      t,
    ).toString()
    expect(text).toContain('width="1600" height="1200"')
    expect(text).toContain('This picture is being prepared')
    expect(text).not.toContain('<img')
  })

  it('shows nothing of itself while it is covered', () => {
    expect(coveredPicture(samplePicture, t).toString()).not.toContain('/media/')
  })

  it('ignores a blurhash that is none (row 58)', () => {
    for (const junk of ['', 'x', '"><script>', 'LEHV6nWB2yk8pyo0adR*.7kCMdn']) expect(placeholderOf(junk)).toBeNull()
  })

  it('makes a bitmap of the colours from its first corner to its last', () => {
    // A blurhash of one component is one colour: here pure red.
    const uri = placeholderOf('00TI:j') ?? ''
    const file = Buffer.from(uri.split(',')[1] ?? '', 'base64')
    expect(file.toString('latin1', 0, 2)).toBe('BM')
    expect(file.readUInt32LE(2)).toBe(file.length)
    expect([...file.subarray(54, 57)]).toEqual([0, 0, 255])
    expect([...file.subarray(54 + 20 * 5 + 15, 54 + 20 * 5 + 18)]).toEqual([0, 0, 255])
  })
})

describe('a grid of posts', () => {
  it('names each link by the description, else by the words, else by the author', () => {
    const undescribed = { ...samplePicture, alt: '' }
    const items = [
      sampleItem,
      { ...sampleItem, picture: undescribed },
      { ...sampleItem, picture: undescribed, excerpt: '' },
    ]
    const alts = [
      ...pictureGrid(items, t)
        .toString()
        .matchAll(/alt="([^"]+)"/g),
    ].map((match) => match[1])
    expect(alts).toEqual(['A loaf of bread', 'First batch', 'Picture by Maison Dupont'])
  })

  it('shows the words of a post without pictures', () => {
    expect(pictureGrid([{ ...sampleItem, picture: null }], t).toString()).toContain('>First batch</span>')
  })

  it('says how many pictures are behind a tile', () => {
    expect(pictureGrid([{ ...sampleItem, pictureCount: 3 }], t).toString()).toContain('3 pictures')
  })

  it('hides what the reader has to open first, and leaves it off the front page', () => {
    const covered = [{ ...sampleItem, isCovered: true }]
    expect(pictureGrid(covered, t).toString()).not.toContain('/media/')
    expect(pictureMosaic(covered, t).toString()).not.toContain('<li')
  })
})

describe('a post', () => {
  const show = (post = samplePost, actions = {}) => postArticle(post, { now: sampleNow, actions }, t).toString()

  it('offers only what the viewer may do', () => {
    expect(show()).not.toContain('<form')
    expect(show()).not.toContain('<button')
    const text = show(samplePost, { like: { action: '/like', isOn: false }, deleteAction: '/delete' })
    expect(text).toContain('action="/like"')
    expect(text).toContain('aria-label="Like, 2 likes"')
    expect(text).toContain('Delete this post?')
  })

  it('shows counts as words to visitors and a way to answer', () => {
    const text = show(samplePost, { answerFrom: 'https://a.example/@maison/1' })
    expect(text).toContain('2 likes')
    expect(text).toContain('https://a.example/@maison/1</code>')
  })

  it('keeps words and pictures behind the warning', () => {
    const text = show({ ...samplePost, spoilerText: 'Sun', contentHtml: samplePost.contentHtml })
    expect(text).toMatch(/<details class="warning"><summary[^>]*>.*Sun.*<\/summary><div class="prose" lang="en">/s)
    expect(text).toMatch(/<details class="veil ratio-13">/)
  })

  it('has the description of a picture at hand, and none where there is none', () => {
    expect(show()).toContain('<details class="alt">')
    expect(show({ ...samplePost, pictures: [{ ...samplePicture, alt: '' }] })).not.toContain('class="alt"')
  })
})

describe('a profile', () => {
  const other: Extract<ProfileRelation, { kind: 'other' }> = {
    kind: 'other',
    state: 'none',
    followAction: '/follow',
    unfollowAction: '/unfollow',
    followsYou: true,
  }
  const show = (relation: ProfileRelation, isLocked = true) =>
    profileHeader({ ...sampleProfile, isLocked }, { relation, about: null }, t).toString()

  it('asks to follow where followers are approved, and follows where not', () => {
    expect(show(other)).toMatch(/action="\/follow">.*Ask to follow/s)
    expect(show(other, false)).toMatch(/action="\/follow">.*>Follow</s)
  })

  it('says that a request waits, and lets it be withdrawn', () => {
    const text = show({ ...other, state: 'requested' })
    expect(text).toContain('Requested')
    expect(text).toMatch(/action="\/unfollow">.*Withdraw the request/s)
  })

  it('gives visitors the address to follow from elsewhere', () => {
    expect(show({ kind: 'visitor' })).toContain('@maison@maison.example</code>')
  })

  it('says why there is nothing to see', () => {
    const empty = { profile: sampleProfile, items: [], pager: { newerHref: null, olderHref: null } }
    const own = { kind: 'own', editHref: '/e', createHref: '/compose' } as const
    expect(profilePosts({ ...empty, relation: own }, t).toString()).toContain('href="/compose"')
    expect(profilePosts({ ...empty, relation: other }, t).toString()).toContain('approved followers only')
    const following = { ...other, state: 'following' } as const
    expect(profilePosts({ ...empty, relation: following }, t).toString()).toContain('has published nothing')
  })
})

describe('forms', () => {
  it('tie hint and error to their field', () => {
    const text = textField({ name: 'a', label: 'A', hint: 'h', error: 'e', autocomplete: 'off' }).toString()
    expect(text).toContain('aria-describedby="a-error a-hint" aria-invalid="true"')
    expect(text).toContain('id="a-error">e<')
  })

  it('keep a line break at the beginning of a text', () => {
    expect(textArea({ name: 'a', label: 'A', value: '\nx' }).toString()).toContain('>\n\nx</textarea>')
  })

  it('post hidden fields with a single button', () => {
    const text = postButton({ action: '/x', label: 'Go', fields: { id: '"' } }).toString()
    expect(text).toContain('<input type="hidden" name="id" value="&quot;">')
  })

  it('for a post have a place and a description for each picture without a script', () => {
    const text = sampleComposeForm(t).toString()
    for (let index = 1; index <= 10; index++) {
      expect(text).toContain(`type="file" id="picture-${index}" name="picture-${index}"`)
      expect(text).toContain(`name="alt-${index}"`)
    }
    expect(text).not.toContain('picture-11')
    expect(text).toContain('enctype="multipart/form-data"')
    expect(text).toContain('Publish as Maison Dupont')
  })

  it('for an edit send what is stored by its id, in order, and offer to remove it', () => {
    const stored = [{ id: '77', picture: samplePicture, alt: 'Bread' }]
    const pictures = { stored, maxPictures: 2, maxMegabytes: 16, maxAltCharacters: 100, accept: 'image/jpeg' }
    const languages = [{ value: 'en', label: 'English' }]
    const text = composeForm(
      {
        action: '/e',
        isEdit: true,
        quotePolicy: null,
        products: { choices: [], chosen: [], mostProducts: 5, mostPictures: 10 },
        actor: sampleActor,
        text: '',
        spoilerText: '',
        isSensitive: false,
        visibility: 'public',
        language: 'en',
        languages,
        maxCharacters: 500,
        pictures,
        poll: samplePollFields,
        later: null,
      },
      t,
    ).toString()
    expect(text).toContain('<input type="hidden" name="picture-1" value="77">')
    expect(text).toContain('name="remove-1"')
    expect(text).toContain('type="file" id="picture-2"')
    expect(text).not.toContain('name="visibility"')
  })

  it('for a profile offer as many lines as are allowed', () => {
    expect(
      sampleSettings(t)
        .toString()
        .match(/name="field-name-\d"/g),
    ).toHaveLength(4)
  })
})

describe('consent', () => {
  const show = (identities: readonly (typeof sampleActor)[], website: string | null = null) =>
    consentForm(
      {
        action: '/oauth/authorize',
        app: { name: 'App', website },
        scopes: ['read', 'write'],
        identities,
        chosenId: null,
        hidden: {},
        returnHost: null,
        email: 'a@b',
      },
      t,
    ).toString()

  it('says first and in words what can be done in whose name', () => {
    const text = show([sampleActor])
    expect(text.indexOf('publish, change and delete as Maison Dupont')).toBeLessThan(text.indexOf('read everything'))
    expect(text).toMatch(/name="actor" value="1" id="actor-1" checked/)
  })

  it('promises nothing about one identity while another one can be chosen', () => {
    const text = show([sampleActor, { ...sampleActor, id: '2', name: 'Atelier' }])
    expect(text).toContain('publish, change and delete as the identity you choose')
  })

  it('cannot be given by somebody who may act as nobody', () => {
    expect(show([])).not.toContain('value="allow"')
    expect(show([])).toContain('value="deny"')
  })

  it('links to the website of the app only when it is one', () => {
    expect(show([sampleActor], 'https://app.example/x')).toContain('href="https://app.example/x"')
    expect(show([sampleActor], 'javascript:alert(1)')).not.toContain('javascript')
  })

  it('knows which scopes there are words for', () => {
    expect(isScopeName('write:media', t)).toBe(true)
    expect(isScopeName('toString', t)).toBe(false)
  })
})

describe('small parts', () => {
  it('page only where there is more', () => {
    expect(pager({ newerHref: null, olderHref: null }, t)).toBeNull()
    expect(pager({ newerHref: null, olderHref: '?max_id=1' }, t)?.toString()).toContain('rel="next" href="?max_id=1"')
  })

  it('say that nobody waits, with one next step', () => {
    const value = { actor: sampleActor, requests: [], pager: { newerHref: null, olderHref: null }, now: sampleNow }
    const text = followRequestList(value, t).toString()
    expect(text).toContain('Nobody is waiting')
    expect(text.match(/<a /g)).toHaveLength(1)
  })

  it('describe a page where its link is shared', () => {
    const image = { url: 'https://a/x.jpg', width: 1200, height: 630, alt: 'Bread' }
    const value = { type: 'article', title: '"', description: 'd', url: 'https://a', siteName: 's', image } as const
    const text = openGraph(value).toString()
    expect(text).toContain('<meta property="og:title" content="&quot;">')
    expect(text).toContain('<meta property="og:image:alt" content="Bread">')
    expect(openGraph({ ...value, image: null }).toString()).toContain('content="summary"')
  })
})
