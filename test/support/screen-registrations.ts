import type { Page } from 'playwright-core'
import type { Ctx } from '#src/context.ts'
import { changeRegistrations } from '#src/features/instance/service.ts'
import { confirmAddress } from '#src/features/registrations/answer.ts'
import { type RegistrationInput, registerByBrowser } from '#src/features/registrations/service.ts'
import { insertRule, putText } from '#src/features/rules/queries.ts'
import { PASSWORD } from './make.ts'
import { readLink } from './newcomers.ts'
import type { Screen } from './screens.ts'

const letters = 'une_longue_poignee_de_lettres_'

/** Lets people ask to come in, and three of them do: the ways to see what each is shown. */
export async function letRegister(ctx: Ctx) {
  await changeRegistrations(ctx, { mode: 'approval' })
  await insertRule(ctx.db, { text: 'On se parle comme au marché.', hint: 'Les insultes restent dehors.' })
  const source = 'Ce que vous publiez reste à vous.\n\nCe serveur s’arrête parfois.'
  await putText(ctx.db, { kind: 'terms_of_service', source, effectiveOn: '2020-01-01', now: ctx.now() })
  const register = (handle: string, email: string) => registerByBrowser(ctx, { ...usual, handle, email })
  const longEmail = `${'adresse-'.repeat(7)}longue@un-nom-de-domaine-bien-long.example`
  const ticketToConfirm = await register(letters, longEmail)
  await register('presque', 'presque@mail.example')
  await register('patiente', 'patiente@mail.example')
  const confirmed = await confirmAddress(ctx, (await readLink(ctx, 'patiente@mail.example')).split('/').at(-1) ?? '')
  if (confirmed.state !== 'waits') throw new Error('administrators were not asked')
  const confirmation = await readLink(ctx, 'presque@mail.example')
  return { registering: { ticketToConfirm, ticketToApprove: confirmed.ticket, confirmation } }
}

const usual: Omit<RegistrationInput, 'handle' | 'email'> = {
  password: PASSWORD,
  isAgreed: true,
  reason: 'Je fais du pain.',
  locale: 'fr',
}

/** Opens the page of a browser that waits. */
async function wait(page: Page, ticket: string): Promise<void> {
  const { origin } = new URL(page.url())
  await page.context().addCookies([{ name: 'entremise_registration', value: ticket, url: `${origin}/signup` }])
  await page.goto('/signup/waiting')
}

/** The screens of making an account. */
export function registrationScreens({ registering }: Awaited<ReturnType<typeof letRegister>>): Screen[] {
  const { ticketToConfirm, ticketToApprove, confirmation } = registering
  const who = 'stranger'
  return [
    { name: 'signup', who, path: '/signup', act: (page) => page.locator('main summary').click() },
    {
      name: 'signup-errors',
      who,
      path: '/signup',
      act: async (page) => {
        await page.locator('main form').evaluate((form) => form.setAttribute('novalidate', ''))
        await page.locator('main form button').click()
        await page.locator('.field__error').first().waitFor()
      },
    },
    { name: 'signup-waiting', who, path: '/signup', act: (page) => wait(page, ticketToConfirm) },
    { name: 'signup-waiting-approval', who, path: '/signup', act: (page) => wait(page, ticketToApprove) },
    { name: 'signup-confirm', who, path: confirmation },
    { name: 'signup-confirm-over', who, path: '/signup/confirm/none', status: 404 },
  ]
}
