/** The parts of the old scope `follow`. @see https://docs.joinmastodon.org/api/oauth-scopes/ */
const followParts = new Set(['blocks', 'mutes', 'follows'])

/** Whether granted scopes allow a wanted one: `read` allows every `read:…`, `admin:read` every `admin:read:…`, `follow` reads and writes of relations. */
export function covers(granted: readonly string[], wanted: string): boolean {
  const [verb = '', part = ''] = wanted.split(':')
  if (granted.some((scope) => wanted === scope || wanted.startsWith(`${scope}:`))) return true
  return granted.includes('follow') && (verb === 'read' || verb === 'write') && followParts.has(part)
}
