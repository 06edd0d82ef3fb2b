import type { Problem } from '#src/errors.ts'
import { pollLimits } from '#src/features/polls/policy.ts'
import type { Translator } from '#src/locales/translator.ts'
import type { ComposeInput } from './compose-fields.ts'
import { postLimits } from './policy.ts'

/**
 * What was typed with a sentence beside the field that is wrong.
 * @throws the Problem itself when nothing in the form can be changed to make it better
 */
export function withProblem(input: ComposeInput, problem: Problem, t: Translator): ComposeInput {
  const words = t.pages.composeProblems
  const [[field, problems] = []] = Object.entries(problem.details ?? {})
  const code = problems?.[0]?.error
  if (field === 'text') return { ...input, errors: { text: textSentence(code, t) } }
  if (field === 'media_attachments')
    return { ...input, errors: { pictures: words.tooManyPictures(postLimits.pictures) } }
  if (field === 'products') return { ...input, errors: { products: t.products.problems.products } }
  if (field === 'poll') return { ...input, errors: { poll: t.poll.withPictures } }
  if (field?.startsWith('poll.')) {
    return { ...input, errors: { poll: t.poll.problem(pollLimits.options, pollLimits.characters) } }
  }
  if (field === 'scheduled_at') {
    return { ...input, errors: { scheduled_at: code === 'ERR_BLANK' ? t.schedule.noMoment : t.schedule.tooSoon } }
  }
  if (field === 'base') return { ...input, errors: { scheduled_at: t.schedule.tooMany } }
  if (field === 'media_ids') return { ...input, errors: { pictures: words.pictureGone } }
  if (field === 'in_reply_to_id')
    return { ...input, errors: { text: code === 'ERR_LOCKED' ? t.reading.locked : words.notAnswerable } }
  if (field === 'quoted_status_id') return { ...input, errors: { text: t.quotes.direct } }
  if (problem.code === 'not_found' && input.quotedId)
    return { ...input, quotedId: null, errors: { text: t.quotes.gone } }
  // The next sending says it on one's own profile; what was written is not lost with the post that it answers.
  if (problem.code === 'not_found' && input.replyTo)
    return { ...input, replyTo: null, errors: { text: words.parentGone } }
  throw problem
}

function textSentence(code: string | undefined, t: Translator): string {
  const words = t.pages.composeProblems
  if (code === 'ERR_BLANK') return words.blank
  return code === 'ERR_TOO_MANY_MENTIONS' ? words.tooManyNames : words.tooLong(postLimits.characters)
}
