import type { JsonObject } from './json.ts'
import { idOf, typeOf } from './values.ts'

/** That somebody lets an answer in: whose word it is, the answer, and the post that it answers as far as that is said. */
export type ReadReplyProof = Readonly<{ author: string; reply: string; parent: string | null }>

const proofTypes: ReadonlySet<'Accept' | 'ReplyApproval' | 'ReplyAuthorization'> = new Set([
  'Accept',
  'ReplyApproval',
  'ReplyAuthorization',
])

/**
 * A document → the proof that it is; null when it is none. GoToSocial up to 0.17 had the Accept itself for one, and up to 0.19 a ReplyApproval.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export function readReplyProof(json: JsonObject): ReadReplyProof | null {
  const type = typeOf(json, proofTypes)
  if (type === null) return null
  const author = idOf(type === 'Accept' ? json.actor : json.attributedTo)
  const isNamed = type === 'ReplyAuthorization'
  const reply = idOf(isNamed ? json.interactingObject : json.object)
  const parent = idOf(isNamed ? json.interactionTarget : json.target)
  return author && reply ? { author, reply, parent } : null
}
