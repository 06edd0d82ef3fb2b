import { z } from 'zod'
import type { QuotePolicy } from './quote-policy.ts'

/** Who may quote, in the words of the client API. */
export const apiQuotePolicy = z.enum(['public', 'followers', 'nobody'], 'must be public, followers or nobody')

/** The same where it may be left out; an empty text means that it was not said. */
export const quotePolicyField = z.union([apiQuotePolicy, z.literal('')]).nullish()

/** A choice in the words of the client API, which only knows whose quotes are accepted at once: that others may ask is told apart. */
export function toApiQuotePolicy(policy: QuotePolicy): z.output<typeof apiQuotePolicy> {
  return policy === 'asked' ? 'followers' : policy
}
