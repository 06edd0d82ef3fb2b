import { isObject, type JsonObject } from './json.ts'
import { addressesOf } from './values.ts'

/** Who may do something with a post without being asked about, and who only after its author's yes: actors, collections, everybody. */
export type ReadPolicy = Readonly<{ automatic: readonly string[]; manual: readonly string[] }>

/** More groups than that are no policy that an author has chosen. */
const mostGroups = 32

/**
 * What a document's policy says of one thing that could be done with it; null where it says nothing of it. GoToSocial before 0.20 has other names
 * for the two groups. Empty lists are lost on the way through JSON-LD, and so mean nothing.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export function readPolicy(
  json: JsonObject,
  name: 'canAnnounce' | 'canLike' | 'canQuote' | 'canReply',
): ReadPolicy | null {
  const policy = isObject(json.interactionPolicy) ? json.interactionPolicy[name] : undefined
  if (!isObject(policy)) return null
  const automatic = addressesOf(policy.automaticApproval ?? policy.always).slice(0, mostGroups)
  const manual = addressesOf(policy.manualApproval ?? policy.approvalRequired).slice(0, mostGroups)
  return automatic.length + manual.length > 0 ? { automatic, manual } : null
}
