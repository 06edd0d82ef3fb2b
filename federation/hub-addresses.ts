import { htmlToText } from '#src/core/sanitize.ts'
import type { Publication, Recipient } from '#src/features/posts/publication-queries.ts'
import type { Addresses } from './audience.ts'

/** Characters of a text that make its title; longer ones are cut at a word. */
const titleLength = 80

/**
 * The groups in which a post of ours is meant to be: those that it names, or whose topic it answers. What is for followers is in none; what is
 * said to a group directly is said to its members.
 */
export function groupsOf({ post, recipients }: Pick<Publication, 'post' | 'recipients'>): Recipient[] {
  return post.visibility === 'followers' ? [] : recipients.filter(({ isGroup }) => isGroup)
}

/** Whether a post of ours begins a conversation. */
function isTopic({ inReplyToId, inReplyToIri }: Publication['post']): boolean {
  return inReplyToId === null && inReplyToIri === null
}

/** How addresses of groups are written. */
type GroupIris = Readonly<{ iriOf: (group: Recipient) => string; followersOf: (group: Recipient) => string[] }>

/**
 * A topic is addressed to its groups, for everybody else to see; an answer is addressed to who is answered, and its groups get it too. What is
 * for members alone is addressed to them as well.
 */
export function toGroupAddresses(
  { to, cc }: Addresses,
  publication: Pick<Publication, 'post' | 'recipients'>,
  { iriOf, followersOf }: GroupIris,
): Addresses {
  const named = groupsOf(publication)
  if (publication.post.visibility === 'direct') {
    const members = named.flatMap((group) => [iriOf(group), ...followersOf(group)])
    return { to: [...new Set([...members, ...to])], cc }
  }
  const groups = isTopic(publication.post) ? named.map(iriOf) : []
  const others = (list: readonly string[]) => list.filter((iri) => !groups.includes(iri))
  return groups.length > 0 ? { to: [...groups, ...others(to)], cc: others(cc) } : { to, cc }
}

/**
 * What tells a group that a post of ours is for it: `audience`, and for a topic its title. Answers have none: with a `name` they would look like
 * votes in a poll.
 * @see https://w3id.org/fep/1b12
 */
export function toGroupWords(
  publication: Publication,
  iriOf: (group: Recipient) => string,
): Readonly<{ audience?: string; name?: string }> {
  // One, as every program reads it: where there are several, the one whose topic is answered, or that is named first.
  const groups = groupsOf(publication)
  const group = groups.find(({ isMention }) => !isMention) ?? groups[0]
  if (!group) return {}
  const name = isTopic(publication.post) ? titleOf(publication) : ''
  return { audience: iriOf(group), ...(name ? { name } : {}) }
}

/** The first line of a post without the groups that it names. Of one with a warning, the warning: the title must not tell what is behind it. */
export function titleOf({ post, recipients }: Pick<Publication, 'post' | 'recipients'>): string {
  if (post.spoilerText) return cut(post.spoilerText)
  const groups = recipients.filter(({ isGroup }) => isGroup)
  const names = new Set(
    groups.flatMap(({ handle, host }) => [`@${handle}`, `@${handle}@${host}`].map((name) => name.toLowerCase())),
  )
  const lines = htmlToText(post.content)
    .split('\n')
    .map((line) =>
      line
        .split(/\s+/u)
        .filter((word) => !names.has(word.toLowerCase().replace(/[:,;.!?]+$/, '')))
        .join(' ')
        .trim(),
    )
  return cut(lines.find((line) => line !== '') ?? '')
}

function cut(text: string): string {
  const characters = [...text.replaceAll(/\s+/gu, ' ').trim()]
  if (characters.length <= titleLength) return characters.join('')
  const beginning = characters.slice(0, titleLength - 1).join('')
  const end = beginning.lastIndexOf(' ')
  return `${end > titleLength / 2 ? beginning.slice(0, end) : beginning}…`
}
