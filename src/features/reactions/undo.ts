import type { Tx } from '#src/db/client.ts'
import { deleteReactions, type KeptReaction, listReactions } from './emoji-queries.ts'
import { deleteLike, findPostLikedBy, holdLike, type Like, moveLike } from './queries.ts'

/** A remote actor takes a Like back. */
export type LikeUndo = Readonly<{
  actorId: string
  postId: string | null
  activityIri: string | null
  /** The group that says so, which can take back only what it alone has witnessed; left out where the actor says it itself. */
  attestedById?: string
}>

/** What is taken back; `like` is null where there is none, or where another Like of the actor keeps it. */
export type LikeUndone = Readonly<{ postId: string; like: Like | null }>

/**
 * Takes a Like back with its emoji, found by the id of its activity, which may be that of an EmojiReact where nothing but the id is said; else by
 * its post. Who changes a reaction sends the new Like before or after the Undo of the old one: the like stays as long as one of the Likes does.
 * @returns null when there was nothing to take back
 */
export async function takeLikeBack(tx: Tx, undo: LikeUndo): Promise<LikeUndone | null> {
  const { actorId, activityIri } = undo
  const named = activityIri === null ? null : await findPostLikedBy(tx, actorId, activityIri)
  const postId = named ?? undo.postId
  if (postId === null) return null
  const like = await holdLike(tx, actorId, postId)
  const reactions = await listReactions(tx, { actorId, postId })
  const { gone, isLikeGone } = namesOne(undo, like, reactions)
    ? goneByActivity(undo, like, reactions)
    : goneByPost(undo, like, reactions)
  if (gone.length === 0 && !isLikeGone) return null
  await deleteReactions(tx, gone)
  if (!like || !isLikeGone) return { postId, like: null }
  const heir = heirAmong(reactions.filter((reaction) => !gone.includes(reaction)))
  if (heir) await moveLike(tx, like.id, heir)
  else await deleteLike(tx, actorId, postId)
  return { postId, like: heir ? null : like }
}

type Gone = Readonly<{ gone: readonly KeptReaction[]; isLikeGone: boolean }>
type FindGone = (undo: LikeUndo, like: Like | null, reactions: readonly KeptReaction[]) => Gone

function namesOne({ activityIri }: LikeUndo, like: Like | null, reactions: readonly KeptReaction[]): boolean {
  return activityIri !== null && [like, ...reactions].some((one) => one?.activityIri === activityIri)
}

const goneByActivity: FindGone = (undo, like, reactions) => ({
  gone: reactions.filter((one) => one.activityIri === undo.activityIri && isTheirs(undo, one)),
  isLikeGone: like !== null && like.activityIri === undo.activityIri && isTheirs(undo, like),
})

/**
 * Without an id all Likes of the post are meant. Lemmy's Undo names a new id, so an unknown one means the like too; but not one that told an emoji:
 * programs that do so name the Like that they take back, and it is still to come.
 */
const goneByPost: FindGone = (undo, like, reactions) => {
  const hasEmoji = reactions.some(({ activityIri }) => activityIri === like?.activityIri)
  return {
    gone: undo.activityIri === null ? reactions.filter((one) => one.isLike && isTheirs(undo, one)) : [],
    isLikeGone: like !== null && isTheirs(undo, like) && (undo.activityIri === null || !hasEmoji),
  }
}

function isTheirs({ attestedById }: LikeUndo, one: Readonly<{ attestedById: string | null }>): boolean {
  return attestedById === undefined || one.attestedById === attestedById
}

/** The Like under which the like goes on: the last, and rather one that the actor has said itself. */
function heirAmong(left: readonly KeptReaction[]): KeptReaction | undefined {
  const likes = left.filter(({ isLike }) => isLike)
  return likes.findLast(({ attestedById }) => attestedById === null) ?? likes.at(-1)
}
