import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { invalid, notFound, type Problem } from '#src/errors.ts'
import { listByShortcode } from '#src/features/emoji/queries.ts'
import { shortcodeShape } from '#src/features/emoji/shortcodes.ts'
import { deleteReaction, insertReaction, listReactionNames, lockAnnouncement } from './queries.ts'

/** Different emojis below one announcement, as in Mastodon. */
const mostNames = 8

/** One emoji of Unicode. */
const emoji = /^\p{RGI_Emoji}$/v

/**
 * The emoji that is meant, spelled in one way: a few are written with or without the sign that asks for colour. One of ours is named by its
 * shortcode.
 * @throws Problem `invalid` for what is none
 */
function readEmoji(text: string): string {
  const found = [text, `${text}\ufe0f`].find((spelling) => emoji.test(spelling))
  if (!found && !shortcodeShape.test(text)) throw notRecognized()
  return found ?? text
}

function notRecognized(): Problem {
  return invalid('Validation failed: Name is not a recognized emoji')
}

/** The emoji of ours that a name means; null for one of Unicode. @throws Problem `invalid` when there is none */
async function findCustomEmoji(tx: Tx, name: string): Promise<string | null> {
  if (!shortcodeShape.test(name)) return null
  const [found] = await listByShortcode(tx, [name])
  if (!found) throw notRecognized()
  return found.id
}

/**
 * Answers an announcement with an emoji, once for a person whatever identity they act as.
 * @throws Problem `notFound`, `invalid` for what is no emoji and for one too many
 */
export async function reactToAnnouncement(ctx: Ctx, viewer: Viewer, id: string, text: string): Promise<void> {
  const name = readEmoji(text)
  await transaction(ctx.db, async (tx) => {
    if (!(await lockAnnouncement(tx, id, ctx.now()))) throw notFound()
    const names = await listReactionNames(tx, id)
    if (!names.includes(name) && names.length >= mostNames) {
      throw invalid(`Validation failed: Name is one too many; ${mostNames} different reactions are there already`)
    }
    const { userId } = viewer
    const customEmojiId = await findCustomEmoji(tx, name)
    if (!(await insertReaction(tx, { announcementId: id, userId, name, customEmojiId, createdAt: ctx.now() }))) return
    await recordAct(tx, { viewer, action: 'announcement.reacted', subjectId: id })
    await emit(tx, { type: 'announcement.reacted', announcementId: id, name })
  })
}

/** Takes an answer back; there is nothing to do when there is none. @throws Problem `notFound`, `invalid` */
export async function undoReaction(ctx: Ctx, viewer: Viewer, id: string, text: string): Promise<void> {
  const name = readEmoji(text)
  await transaction(ctx.db, async (tx) => {
    if (!(await lockAnnouncement(tx, id, ctx.now()))) throw notFound()
    if (!(await deleteReaction(tx, { announcementId: id, userId: viewer.userId, name }))) return
    await recordAct(tx, { viewer, action: 'announcement.unreacted', subjectId: id })
    await emit(tx, { type: 'announcement.reacted', announcementId: id, name })
  })
}
