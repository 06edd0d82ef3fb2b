import { Readable } from 'node:stream'
import type { Ctx, Viewer } from '#src/context.ts'
import { requestFollow } from '#src/features/follows/service.ts'
import { moderate } from '#src/features/groups/moderate.ts'
import { enterPost } from '#src/features/groups/place.ts'
import { listPlaces } from '#src/features/groups/place-queries.ts'
import { findGroupByHandle, type Group } from '#src/features/groups/queries.ts'
import { answerMember, changeGroup, createGroup, storeGroupPicture } from '#src/features/groups/service.ts'
import { createPost } from '#src/features/posts/create.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { emblem, loaves, type Scene } from './scenes.ts'

const owner = 'lea'

const hub = {
  handle: 'pain_et_levain',
  name: 'Pain & levain',
  summary:
    'Le levain, les farines et les fours, entre gens du métier et gens qui cuisent le dimanche. English welcome.',
  rules: 'On dit d’où vient ce que l’on sait.\nPas de réclame, sauf le jeudi.\nUne photo vaut mieux qu’une recette.',
  question: 'Que cuisez-vous, et depuis quand ?',
  isLocked: true,
}

/** Who asked to come in, with the answer to the question; the last one still waits. */
const members: readonly Readonly<{ handle: string; note: string; isWaiting?: boolean }>[] = [
  { handle: 'levain', note: 'Du pain au levain et de la brioche, tous les jours depuis 2009.' },
  { handle: 'hugo', note: 'Rye at weekends, since last winter.' },
  { handle: 'nadia', note: 'Des galettes, mais je viens surtout pour parler de plats à four.' },
  { handle: 'tom', note: 'Flatbread on a camping stove. Does that count?', isWaiting: true },
]

/** Something that is said; `to` is the topic that it answers. */
type Saying = Readonly<{
  key: string
  by: string
  text: string
  language: 'fr' | 'en'
  to?: string
  hoursAgo: number
  picture?: Readonly<{ scene: Scene; alt: string }>
}>

const sayings: readonly Saying[] = [
  {
    ...{ key: 'welcome', by: 'lea', language: 'fr', hoursAgo: 90 },
    text: 'Bienvenue : qui êtes-vous, et que cuisez-vous ?\n\nRépondez ici, avec une photo si vous en avez une.',
  },
  {
    ...{ key: 'hello', by: 'hugo', language: 'en', to: 'welcome', hoursAgo: 88 },
    text: 'Rye, and too many questions. Thanks for having me!',
  },
  {
    ...{ key: 'market', by: 'levain', language: 'fr', hoursAgo: 70 },
    text: 'Stand commun à la foire de Privas : qui vient ?',
  },
  { ...{ key: 'full', by: 'lea', language: 'fr', to: 'market', hoursAgo: 60 }, text: 'C’est complet, merci !' },
  {
    ...{ key: 'acetone', by: 'hugo', language: 'en', hoursAgo: 46 },
    text: 'My starter smells of nail varnish\n\nIt lives in the fridge and gets fed on Saturdays. Too cold, too rarely, or both?',
  },
  {
    ...{ key: 'feed', by: 'levain', language: 'en', to: 'acetone', hoursAgo: 44 },
    text: 'Too rarely. Two feeds at room temperature, twelve hours apart, and it will smell of apples again.',
  },
  {
    ...{ key: 'apples', by: 'hugo', language: 'en', to: 'acetone', hoursAgo: 20 },
    text: 'Apples it is. Thank you!',
  },
  {
    ...{ key: 'oven', by: 'levain', language: 'fr', hoursAgo: 30 },
    text: 'Four à bois : à quoi voyez-vous qu’il est prêt ?\n\nChez nous, la voûte blanchit, puis on compte vingt minutes.',
    picture: {
      scene: loaves({ cloth: '#cbb894', wall: '#3e2c22', light: '#ffb765', seed: 57, crust: '#a9622a' }),
      alt: 'Des miches devant un mur sombre, dans une lumière de braise',
    },
  },
  {
    ...{ key: 'hand', by: 'nadia', language: 'fr', to: 'oven', hoursAgo: 28 },
    text: 'Au geste de la voisine : la main dans le four, et si l’on compte jusqu’à huit, c’est trop froid.',
  },
  {
    ...{ key: 'dish', by: 'nadia', language: 'fr', hoursAgo: 9 },
    text: 'Une cloche en grès pour cuire au four de la maison\n\nQuatre essais d’émail, tous passés à 250 °C. Qui veut en éprouver une ?',
  },
]

/** What the demonstration lends: who speaks, and how pictures are made. */
type Lent = Readonly<{
  viewerOf(handle: string): Viewer
  upload(viewer: Viewer, picture: { scene: Scene; alt: string }): Promise<string>
}>

/** Opens a group with people in it, one who waits, and something to talk about. */
export async function gather(ctx: Ctx, lent: Lent): Promise<void> {
  const keeper = lent.viewerOf(owner)
  const { id: groupId } = await createGroup(ctx, keeper, hub)
  const group = await findGroupByHandle(ctx.db, hub.handle)
  if (!group) throw new Error('the group of the demonstration is not there')
  const stream = Readable.from([emblem('#6f4a26', '#f1dcb4', 'loaf')()])
  const avatarMediaId = await storeGroupPicture(ctx, keeper, { groupId, stream })
  await changeGroup(ctx, keeper, groupId, { avatarMediaId })
  for (const { handle, note, isWaiting } of members) {
    const viewer = lent.viewerOf(handle)
    await requestFollow(ctx, viewer, { actorId: groupId, note })
    if (!isWaiting) await answerMember(ctx, keeper, { groupId, actorId: viewer.actorId, answer: 'accept' })
  }
  const ids = new Map<string, string>()
  for (const saying of sayings) ids.set(saying.key, await say(ctx, lent, { group, saying, ids }))
  await moderate(ctx, keeper, groupId, { deed: 'pin', postId: ids.get('welcome') ?? '' })
  await moderate(ctx, keeper, groupId, { deed: 'lock', postId: ids.get('market') ?? '' })
}

type Said = Readonly<{ group: Group; saying: Saying; ids: ReadonlyMap<string, string> }>

async function say(ctx: Ctx, { viewerOf, upload }: Lent, { group, saying, ids }: Said): Promise<string> {
  const { by, text, language, to, hoursAgo, picture } = saying
  const viewer = viewerOf(by)
  const at = new Date(ctx.now().getTime() - hoursAgo * 3_600_000)
  const then = { ...ctx, now: () => at }
  const inReplyToId = to ? (ids.get(to) ?? null) : null
  const id = await createPost(then, viewer, {
    ...{ text: `@${group.handle} ${text}`, language, visibility: 'public', inReplyToId },
    mediaIds: picture ? [await upload(viewer, picture)] : [],
  })
  // At once, and not when a worker comes to it: an answer has its place only where what it answers has one.
  const [post, [parent = null]] = await Promise.all([
    findPost(ctx.db, id),
    inReplyToId ? listPlaces(ctx.db, inReplyToId) : [],
  ])
  const refusal = post && (await enterPost(then, { group, post, parent }))
  if (refusal) throw new Error(`the group of the demonstration does not take ${saying.key}: ${refusal}`)
  return id
}
