/** The parts of the old scope `follow`. @see https://docs.joinmastodon.org/api/oauth-scopes/ */
const followParts = new Set(['blocks', 'mutes', 'follows'])

/** Whether granted scopes allow a wanted one: `read` allows every `read:…`, `follow` reads and writes of relations. */
export function covers(granted: readonly string[], wanted: string): boolean {
  const [verb = '', part = ''] = wanted.split(':')
  if (granted.includes(wanted) || granted.includes(verb)) return true
  return granted.includes('follow') && (verb === 'read' || verb === 'write') && followParts.has(part)
}
