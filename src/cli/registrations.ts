import { registrationMode } from '#src/db/schema/instance.ts'
import { findInstance } from '#src/features/instance/queries.ts'
import { changeRegistrations, getInstance } from '#src/features/instance/service.ts'
import { approveRegistration, refuseRegistration } from '#src/features/registrations/answer.ts'
import { listWaiting } from '#src/features/registrations/queries.ts'
import { type Command, textOption, UsageError, wordAt } from './command.ts'

const modes = registrationMode.enumValues

/** What each mode means, as a sentence after "is". */
const inWords = {
  closed: 'People come in by invitation alone.',
  approval: 'Anybody may ask to come in, and an operator decides.',
  open: 'Anybody may come in whose address is confirmed.',
} as const

/** `registrations mode`. */
export const registrationModeCommand: Command = {
  name: 'registrations mode',
  usage: `registrations mode [${modes.join('|')}] [--message TEXT]`,
  about:
    'Says who may make an account, or shows it. Without SMTP_URL it is always closed. TEXT is what others are told while it is closed.',
  options: { message: { type: 'string' } },
  needs: 'context',
  run: async (input, ctx) => {
    const [word] = input.words
    const mode = modes.find((one) => one === word)
    if (word !== undefined && !mode) throw new UsageError(`The mode must be one of ${modes.join(', ')}`)
    const message = textOption(input, 'message')
    const change = { ...(mode ? { mode } : {}), ...(message === undefined ? {} : { message }) }
    if (Object.keys(change).length > 0) await changeRegistrations(ctx, change)
    const { registrationMode: current, registrationMessage } = await getInstance(ctx)
    const wanted = (await findInstance(ctx.db))?.registrationMode
    const isHeldBack = wanted !== undefined && wanted !== current
    const data = { mode: current, message: registrationMessage }
    return {
      data,
      text: `${current}: ${inWords[current]}${isHeldBack ? ` It is set to ${wanted}, which needs SMTP_URL.` : ''}`,
    }
  },
}

/** `registrations list`. */
export const listRegistrationsCommand: Command = {
  name: 'registrations list',
  usage: 'registrations list',
  about: 'Lists who waits to be let in, longest first. Who has not confirmed the address is not among them.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const data = (await listWaiting(ctx.db)).map(({ handle, email, reason, locale, confirmedAt }) => ({
      ...{ handle, email, reason, locale, confirmedAt },
    }))
    const lines = data.map(({ handle, email, reason, confirmedAt }) => {
      const since = confirmedAt?.toISOString().slice(0, 10)
      return `${since}  ${handle}  ${email}  ${reason.replaceAll(/\s+/g, ' ')}`.trimEnd()
    })
    return { data, text: lines.length > 0 ? lines.join('\n') : 'Nobody waits.' }
  },
}

/** `registrations approve`. */
export const approveRegistrationCommand: Command = {
  name: 'registrations approve',
  usage: 'registrations approve HANDLE',
  about: 'Lets somebody in who waits, and tells them by mail.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const { handle, email } = await approveRegistration(ctx, wordAt(input, 0, 'HANDLE'))
    return { data: { handle, email }, text: `@${handle} is in. A mail goes to ${email}.` }
  },
}

/** `registrations refuse`. */
export const refuseRegistrationCommand: Command = {
  name: 'registrations refuse',
  usage: 'registrations refuse HANDLE',
  about: 'Turns somebody away who registered, without a word to them; the handle is free again.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const { handle, email } = await refuseRegistration(ctx, wordAt(input, 0, 'HANDLE'))
    return { data: { handle, email }, text: `The registration of ${email} is gone, and @${handle} is free.` }
  },
}
