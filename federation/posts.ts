import type { Ctx } from '#src/context.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import type { Publication, Recipient } from '#src/features/posts/publication-queries.ts'
import { iriOfActor } from './actors.ts'
import { type Addresses, toAddresses } from './audience.ts'
import { bareContext, contextOfPost, quoteContext, toTime } from './context.ts'
import { toEmojiTags } from './emojis.ts'
import { toGroupAddresses, toGroupWords } from './hub-addresses.ts'
import { toAttachment } from './pictures.ts'
import { toProductTags } from './products.ts'
import { contentOf, quotePolicyOf, quotePropertiesOf, quoteTagsOf } from './quote-documents.ts'
import { iriOf } from './read/values.ts'
import { approvalOf, isLetIn, policiesOf } from './replies.ts'
import { toQuestion } from './votes.ts'

/** The document of a post without its context, to be shown or carried by an activity. */
export type NoteDocument = Readonly<Record<string, unknown>>

/** The id of a post: ours follows from its author and its number. */
export function iriOfPost(ctx: Ctx, post: { id: string; iri: string | null; authorHandle: string }): string {
  return post.iri ?? ctx.uris.post(post.authorHandle, post.id)
}

/** Whom a post of ours is addressed to. */
export function addressesOf(ctx: Ctx, publication: Publication): Addresses {
  const { post, author, recipients } = publication
  const iriOf = (recipient: Recipient) => iriOfRecipient(ctx, recipient)
  const addresses = toAddresses(post.visibility, ctx.uris.followers(author.handle), recipients.map(iriOf))
  const followersOf = ({ handle, host, followersIri }: Recipient) =>
    host === null ? [ctx.uris.followers(handle)] : followersIri ? [followersIri] : []
  const { to, cc } = toGroupAddresses(addresses, publication, { iriOf, followersOf })
  return { to: [...new Set(to)], cc: [...new Set(cc)] }
}

/**
 * The document of a post.
 * @see https://www.w3.org/TR/activitystreams-vocabulary/#dfn-note
 */
export async function toNote(ctx: Ctx, publication: Publication): Promise<NoteDocument> {
  const { post, author } = publication
  const addresses = await pictureAddresses(ctx)
  const { to, cc } = addressesOf(ctx, publication)
  const id = ctx.uris.post(author.handle, post.id)
  const content = contentOf(ctx, publication)
  return {
    id,
    type: 'Note',
    attributedTo: iriOfActor(ctx, author),
    ...toGroupWords(publication, (group) => iriOfRecipient(ctx, group)),
    ...(post.spoilerText ? { summary: post.spoilerText } : {}),
    sensitive: post.isSensitive,
    content,
    ...(post.language ? { contentMap: { [post.language]: content } } : {}),
    ...inReplyTo(ctx, publication),
    published: toTime(post.publishedAt),
    ...(post.editedAt ? { updated: toTime(post.editedAt) } : {}),
    url: ctx.uris.postPage(author.handle, post.id),
    to,
    cc,
    ...conversation(ctx, publication),
    attachment: publication.media.map((picture) => toAttachment(picture, addresses, post.visibility)),
    tag: [
      ...toMentions(ctx, publication),
      ...toHashtags(ctx, publication),
      ...(await toEmojiTags(ctx, post.emojis)),
      ...quoteTagsOf(ctx, publication),
      ...toProductTags(ctx, publication),
    ],
    ...quotePropertiesOf(ctx, publication),
    ...approvalOf(ctx, publication),
    interactionPolicy: { ...policiesOf(ctx, publication), canQuote: quotePolicyOf(ctx, publication) },
    replies: ctx.uris.replies(author.handle, post.id),
    ...(publication.poll ? toQuestion(publication.poll, ctx.now()) : {}),
  }
}

/** The context of a post's document. */
export function contextOf(publication: Publication): unknown[] {
  const { poll, quote, post, media, tags, replyPolicy } = publication
  if (quote) return quoteContext
  return contextOfPost({
    hasPictures: media.length > 0,
    hasHashtags: tags.length > 0,
    hasEmojis: post.emojis.length > 0,
    hasPoll: poll !== null,
    isAskedFor: post.quoteManual.length > 0 || Boolean(replyPolicy?.manual.length),
    isAnsweredBySome: replyPolicy !== null && !replyPolicy.automatic.includes('public'),
    isLetIn: isLetIn(publication),
  })
}

function inReplyTo(ctx: Ctx, { post, parent }: Publication): object {
  const iri = parent ? iriOfPost(ctx, parent) : post.inReplyToIri
  return iri ? { inReplyTo: iri } : {}
}

/**
 * Mastodon and others thread by it. Who begins a conversation owns it: what answers a post of another server names it as that server does,
 * or not at all.
 * @see https://w3id.org/fep/7888
 */
function conversation(ctx: Ctx, { post, parent, root }: Publication): object {
  if ((root ?? parent)?.iri) {
    const context = iriOf(parent?.context) ?? iriOf(root?.context)
    return context ? { context } : {}
  }
  const address = ctx.uris.context(post.conversationId ?? post.id)
  return { context: address, conversation: address }
}

function toMentions(ctx: Ctx, { recipients }: Publication): object[] {
  return recipients
    .filter(({ isMention }) => isMention)
    .map((mentioned) => ({
      type: 'Mention',
      href: iriOfRecipient(ctx, mentioned),
      name: `@${mentioned.handle}@${mentioned.host ?? ctx.config.handleHost}`,
    }))
}

function toHashtags(ctx: Ctx, { tags }: Publication): object[] {
  return tags.map(({ name, label }) => ({ type: 'Hashtag', href: ctx.uris.tag(name), name: `#${label}` }))
}

/** The activity that carries a post. @see https://www.w3.org/TR/activitypub/#create-activity-outbox */
export async function toCreate(ctx: Ctx, id: string, publication: Publication): Promise<Record<string, unknown>> {
  const note = await toNote(ctx, publication)
  const { attributedTo: actor, published, to, cc } = note
  return {
    '@context': contextOf(publication),
    id,
    type: 'Create',
    actor,
    published,
    to,
    cc,
    ...forGroup(note),
    object: note,
  }
}

/** An edit carries the post whole. `updated` is what makes Mastodon take it as an edit. */
export async function toUpdate(ctx: Ctx, id: string, publication: Publication): Promise<Record<string, unknown>> {
  const note = await toNote(ctx, publication)
  const { attributedTo: actor, updated, to, cc } = note
  return {
    '@context': contextOf(publication),
    id,
    type: 'Update',
    actor,
    updated,
    to,
    cc,
    ...forGroup(note),
    object: note,
  }
}

/** The group to which a post goes is named by the activity too: Lemmy looks for it there. */
function forGroup({ audience }: NoteDocument): object {
  return audience ? { audience } : {}
}

/** A post is taken back. It goes to whom it went to. */
export async function toDelete(ctx: Ctx, id: string, publication: Publication): Promise<Record<string, unknown>> {
  const { author, post } = publication
  const { to, cc } = addressesOf(ctx, publication)
  const object = { id: ctx.uris.post(author.handle, post.id), type: 'Tombstone' }
  const { audience } = toGroupWords(publication, (group) => iriOfRecipient(ctx, group))
  const actor = iriOfActor(ctx, author)
  return { '@context': bareContext, id, type: 'Delete', actor, to, cc, ...forGroup({ audience }), object }
}

/** What is left of a deleted post. */
export function toTombstone(ctx: Ctx, publication: Publication): Record<string, unknown> {
  const { author, post } = publication
  const deleted = post.deletedAt ? { deleted: toTime(post.deletedAt) } : {}
  return {
    '@context': bareContext,
    id: ctx.uris.post(author.handle, post.id),
    type: 'Tombstone',
    formerType: 'Note',
    ...deleted,
  }
}

function iriOfRecipient(ctx: Ctx, recipient: Publication['recipients'][number]): string {
  return recipient.iri ?? ctx.uris.actor(recipient.handle)
}
