import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import type { Ctx, Viewer } from '#src/context.ts'
import { emojiCopies } from '#src/db/schema/emoji.ts'
import { updateProfile } from '#src/features/actors/edit.ts'
import { copiedFile } from '#src/features/emoji/entity.ts'
import { markCopied } from '#src/features/emoji/queries.ts'
import { createPost } from '#src/features/posts/create.ts'
import { allowReply, refuseReply } from '#src/features/posts/reply-consents.ts'
import { receiveReaction } from '#src/features/reactions/emoji.ts'
import { make } from './make.ts'
import type { Screen } from './screens.ts'

/** Answers that the owner lets in, refuses or has not looked at, and a post to which people elsewhere react with emojis. */
export async function letAnswer(ctx: Ctx, owner: Viewer, answerer: Viewer) {
  await updateProfile(ctx, owner, { defaultReplyPolicy: 'asked' })
  const asked = await createPost(ctx, owner, { text: 'Qui vient au fournil samedi ?', language: 'fr' })
  await updateProfile(ctx, owner, { defaultReplyPolicy: 'public' })
  const answer = async (text: string) => createPost(ctx, answerer, { text, language: 'fr', inReplyToId: asked })
  const waiting = await answer('Moi, avec toute la famille, et quelques voisins si la place ne manque pas !')
  const [letIn, refused] = [await answer('J’apporte les confitures.'), await answer('Venez plutôt chez nous.')]
  await allowReply(ctx, owner, letIn)
  await refuseReply(ctx, owner, refused)
  await react(ctx, asked)
  const at = (id: string) => `/@neuf/${id}`
  return { asked: `/@levain/${asked}`, waiting: at(waiting), letIn: at(letIn), refused: at(refused) }
}

const pictureUrl = 'https://ailleurs.example/levain.png'
const emojis = ['🥖', '🎉', '❤️', '👩‍🌾', '🫶🏽', ':levain:', '🍓', '☕', '🧈', '🌾', '🔥', '👏']

/** By one more at each emoji than at the next. */
async function react(ctx: Ctx, postId: string): Promise<void> {
  for (const index of emojis.keys()) {
    const { id: actorId, iri } = await make.remoteActor(ctx, { handle: `fan${index}`, host: 'ailleurs.example' })
    for (const [number, given] of emojis.slice(0, emojis.length - index).entries()) {
      const reaction = { activityIri: `${iri}/reactions/${number}`, isLike: false, emoji: given }
      await receiveReaction(ctx, {
        actorId,
        postId,
        ...reaction,
        pictureUrl: given.startsWith(':') ? pictureUrl : null,
      })
    }
  }
  await keepCopy(ctx)
}

/** The picture of the one that is theirs alone, as it was fetched. */
async function keepCopy(ctx: Ctx): Promise<void> {
  const [copy] = await ctx.db.select().from(emojiCopies).where(eq(emojiCopies.remoteUrl, pictureUrl))
  if (!copy) throw new Error('nobody wants to see the picture')
  const loaf = sharp({ create: { width: 64, height: 64, channels: 3, background: '#9c6b3f' } })
  await ctx.storage.put(`${copy.key}/${copiedFile}`, await loaf.png().toBuffer())
  await markCopied(ctx.db, [copy.key], { mime: 'image/png', at: ctx.now() })
}

/** The screens on which answers are let in, and reactions are told. */
export function answerScreens({ asked, waiting, letIn, refused }: Awaited<ReturnType<typeof letAnswer>>): Screen[] {
  return [
    { name: 'post-reactions', who: 'stranger', path: asked },
    { name: 'answer-asks', who: 'owner', path: waiting },
    { name: 'answer-let-in', who: 'owner', path: letIn },
    { name: 'answer-held', who: 'newcomer', path: waiting },
    { name: 'answer-refused', who: 'newcomer', path: refused },
  ]
}
