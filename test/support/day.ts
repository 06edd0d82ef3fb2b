import { openSession } from '#src/features/users/sessions.ts'
import { sessionCookie } from '#src/http/auth.ts'
import { formBody, formWith } from './forms.ts'
import { jpeg } from './pictures.ts'
import { type PushService, startPushService } from './push-service.ts'
import { type Instance, type Member, startInstance } from './two-servers.ts'

/** A running instance with an organisation, a friend who follows it, and the push service of their devices. */
export type Day = Readonly<{
  instance: Instance
  org: Member
  friend: Member
  pushes: PushService
  /** Lets the time pass, for everybody. */
  pass(ms: number): void
  close(): Promise<void>
}>

/** Begins a day on an instance of its own. */
export async function startDay(): Promise<Day> {
  let passed = 0
  const [instance, pushes] = await Promise.all([
    startInstance({ now: () => new Date(Date.now() + passed) }),
    startPushService(),
  ])
  const [org, friend] = await Promise.all([instance.join('levain', { type: 'Organization' }), instance.join('rosa')])
  return {
    instance,
    org,
    friend,
    pushes,
    pass: (ms) => {
      passed += ms
    },
    close: async () => {
      await instance.close()
      await pushes.close()
    },
  }
}

/** A picture as a phone has it. */
export async function photograph(): Promise<Buffer> {
  return jpeg({ width: 900, height: 600 })
}

/**
 * What somebody does in a browser when a program asks for access: signs in, reads, agrees.
 * @param address that to which the program sends its user
 * @returns the code that is shown, for `urn:ietf:wg:oauth:2.0:oob`
 */
export async function agree({ ctx, url }: Instance, member: Member, address: string): Promise<string> {
  const { userId, actorId } = member.viewer
  const cookie = `${sessionCookie}=${await openSession(ctx, { userId, actorId, userAgent: 'test' })}`
  const page = await fetch(address, { headers: { cookie } })
  const form = formWith(await page.text(), 'decision')
  const { payload, headers } = formBody({ ...form.fields, decision: 'allow' })
  const answer = await fetch(new URL(form.action, url), {
    method: 'POST',
    headers: { ...headers, cookie },
    body: payload,
  })
  const code = /class="copyable[^>]*>\s*([\w-]+)/.exec(await answer.text())?.[1]
  if (!code) throw new Error(`no code was shown: ${answer.status}`)
  return code
}
