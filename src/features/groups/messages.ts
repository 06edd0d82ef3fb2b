import type { Ctx } from '#src/context.ts'
import { escapeHtml } from '#src/core/sanitize.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import type { Post } from '#src/features/posts/queries.ts'
import { insertPost, insertRecipients, nextPostId } from '#src/features/posts/write-queries.ts'
import type { Refusal } from './policy.ts'
import type { Group } from './queries.ts'

/** Both languages, since the group does not know that of who wrote. */
const explanations: Readonly<Record<Refusal, string>> = {
  banned: 'You cannot write here for now. / Vous ne pouvez pas écrire ici pour le moment.',
  'not-a-member':
    'Only members write in this group: follow this account to join, then write again. / Seuls les membres écrivent dans ce groupe : suivez ce compte pour le rejoindre, puis écrivez de nouveau.',
  'moderators-only':
    'Only moderators begin topics here; you may answer theirs. / Ici, seule la modération ouvre des sujets ; vous pouvez y répondre.',
  'not-public':
    'What is said in this group is public: send your post again so that everybody can read it. / Ce qui se dit dans ce groupe est public : renvoyez votre message en le rendant public.',
  'not-private':
    'What is said in this group is for its members alone: address your message to the group and nobody else. / Ce qui se dit dans ce groupe est réservé aux membres : adressez votre message au groupe seul.',
  locked: 'This topic is closed. / Ce sujet est fermé.',
  'too-many':
    'You have begun several topics already, or written a great deal: wait an hour. / Vous avez déjà ouvert plusieurs sujets, ou beaucoup écrit : attendez une heure.',
}

/** Tells somebody why a group has not taken what they wrote. */
export async function explain(
  ctx: Ctx,
  tx: Tx,
  { group, post, reason }: Readonly<{ group: Group; post: Post; reason: Refusal }>,
): Promise<void> {
  await speak(ctx, tx, { group, toId: post.actorId, text: explanations[reason], answered: post })
}

/** Tells a new member who is at home elsewhere what a private group is: many programs show nothing of one. */
export async function welcome(ctx: Ctx, group: Group, memberId: string): Promise<void> {
  const called = `@${group.handle}`
  const text = `You are a member of ${called} now. What is said here is for its members alone. Programs that know no groups show nothing of it: with one of those, read along from an account on a server that knows them, such as this one. / Vous êtes membre de ${called}. Ce qui se dit ici est réservé aux membres. Les logiciels qui ne connaissent pas les groupes n’en montrent rien : dans ce cas, lisez depuis un compte sur un serveur qui les connaît, comme celui-ci.`
  await transaction(ctx.db, (tx) => speak(ctx, tx, { group, toId: memberId, text, answered: null }))
}

type Message = Readonly<{ group: Group; toId: string; text: string; answered: Post | null }>

/** A message of a group to one actor. As an answer it is not taken for a message of a stranger. */
async function speak(ctx: Ctx, tx: Tx, { group, toId, text, answered }: Message): Promise<void> {
  const id = await nextPostId(tx, ctx.now())
  const effectId = await emit(tx, { type: 'post.created', postId: id })
  const content = text
    .split(' / ')
    .map((sentence) => `<p>${escapeHtml(sentence)}</p>`)
    .join('')
  await insertPost(tx, {
    ...{ id, actorId: group.actorId, visibility: 'direct', content, source: text },
    ...{ inReplyToId: answered?.id ?? null, inReplyToActorId: answered?.actorId ?? null },
    conversationId: answered?.conversationId ?? answered?.id ?? id,
    effectId,
    publishedAt: ctx.now(),
  })
  await insertRecipients(tx, id, [{ actorId: toId, isMention: true }])
}
