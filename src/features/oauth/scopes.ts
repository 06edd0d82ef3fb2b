import { covers } from '#src/core/scopes.ts'
import { OAuthError } from './errors.ts'

/**
 * What an app may be allowed, in the words of the client API. Of those for administration, the ones that some route asks for; they let in
 * only who runs the instance.
 * @see https://docs.joinmastodon.org/api/oauth-scopes/
 */
export const offeredScopes = [
  'profile',
  'read',
  'read:accounts',
  'read:blocks',
  'read:bookmarks',
  'read:favourites',
  'read:filters',
  'read:follows',
  'read:lists',
  'read:mutes',
  'read:notifications',
  'read:search',
  'read:statuses',
  'write',
  'write:accounts',
  'write:blocks',
  'write:bookmarks',
  'write:conversations',
  'write:favourites',
  'write:filters',
  'write:follows',
  'write:lists',
  'write:media',
  'write:mutes',
  'write:notifications',
  'write:reports',
  'write:statuses',
  'follow',
  'push',
  'admin:read',
  'admin:read:domain_allows',
  'admin:read:domain_blocks',
  'admin:write',
  'admin:write:domain_allows',
  'admin:write:domain_blocks',
] as const

/** A scope that is offered. */
export type Scope = (typeof offeredScopes)[number]

/** What an app gets that asks for nothing in particular, as Mastodon has it. */
const usual: readonly Scope[] = ['read']

function isOffered(text: string): text is Scope {
  return offeredScopes.some((scope) => scope === text)
}

const wordsOf = (text: string | undefined) => [...new Set((text ?? '').split(/\s+/).filter(Boolean))]

/** The first of a list of scopes that is not offered; undefined when all are. */
export function findUnknownScope(text: string | undefined): string | undefined {
  return wordsOf(text).find((word) => !isOffered(word))
}

/**
 * Reads a list of scopes separated by spaces; nothing means `read`.
 * @throws OAuthError `invalid_scope` for one that is not offered
 */
export function readScopes(text: string | undefined): readonly Scope[] {
  const words = wordsOf(text)
  const unknown = findUnknownScope(text)
  if (unknown) throw new OAuthError('invalid_scope', `The scope ${unknown} is not offered here`)
  return words.length > 0 ? words.filter(isOffered) : usual
}

/**
 * Decides what is granted to an app: what it asks for, as far as that is within what it registered for.
 * @throws OAuthError `invalid_scope` when it asks for more
 */
export function grantScopes(registered: readonly string[], asked: string | undefined): readonly Scope[] {
  const scopes = readScopes(asked)
  const beyond = scopes.find((scope) => !covers(registered, scope))
  if (beyond) throw new OAuthError('invalid_scope', `The app did not register for the scope ${beyond}`)
  return scopes
}

/** The scopes that say it all: those that another of the list covers are left out. */
export function widestScopes(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope) => {
    const others = scopes.filter((other) => other !== scope)
    return !covers(others, scope)
  })
}
