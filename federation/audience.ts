import { publicAudience } from './context.ts'

/** Who may read a post, in our words. */
export type Visibility = 'public' | 'unlisted' | 'followers' | 'direct'

/** `to` and `cc` of a document. */
export type Addresses = Readonly<{ to: readonly string[]; cc: readonly string[] }>

/**
 * Our visibility in the words of ActivityPub. Mentioned actors are addressed by name, or nobody would tell them.
 * @param followers the author's followers collection
 * @see https://www.w3.org/TR/activitypub/#public-addressing
 */
export function toAddresses(visibility: Visibility, followers: string, mentioned: readonly string[]): Addresses {
  switch (visibility) {
    case 'public':
      return { to: [publicAudience], cc: [followers, ...mentioned] }
    case 'unlisted':
      return { to: [followers], cc: [publicAudience, ...mentioned] }
    case 'followers':
      return { to: [followers], cc: [...mentioned] }
    case 'direct':
      return { to: [...mentioned], cc: [] }
  }
}

/**
 * The visibility of what is addressed so. Only the author's own followers collection, as its document names it, makes a post one for
 * followers; a collection that we do not know gives nobody anything.
 * @param addresses with public synonyms already spelled out
 */
export function readVisibility(addresses: Addresses, followers: string | null): Visibility {
  if (addresses.to.includes(publicAudience)) return 'public'
  if (addresses.cc.includes(publicAudience)) return 'unlisted'
  if (followers && [...addresses.to, ...addresses.cc].includes(followers)) return 'followers'
  return 'direct'
}
