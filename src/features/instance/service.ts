import type { Ctx } from '#src/context.ts'
import { allValid } from '#src/core/checks.ts'
import type { Locale } from '#src/core/i18n.ts'
import { hashToken, isSame, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Db, transaction } from '#src/db/client.ts'
import { type FieldProblem, gone, invalid, notFound } from '#src/errors.ts'
import { ensureInstanceActor, insertLocalActor, prepareLocalActor } from '#src/features/actors/service.ts'
import { prepareUser, type UserInput, writeUser } from '#src/features/users/service.ts'
import {
  closeSetup,
  countUsage as count,
  findInstance,
  findSetupTokenHash,
  type Instance,
  type RegistrationMode,
  setOrganization,
  setRegistrations,
  setSetupToken,
  type Usage,
} from './queries.ts'

/** What is asked for by nearly every page may be this old. */
const freshMs = 3_000

/** Numbers may be older: they cost more, and nobody needs them to the second. */
const freshUsageMs = 60_000

type Kept<T> = { value: Promise<T>; until: number }

const instances = new WeakMap<Db, Kept<Instance>>()
const usages = new WeakMap<Db, Kept<Usage>>()

/** What this instance is. Read at most every few seconds. */
export async function getInstance(ctx: Ctx): Promise<Instance> {
  return keep(instances, ctx.db, freshMs, () => loadInstance(ctx))
}

const unstarted: Instance = {
  name: 'Entremise',
  description: '',
  contactEmail: null,
  registrationMode: 'closed',
  registrationMessage: '',
  organizationId: null,
  isSetUp: false,
}

async function loadInstance(ctx: Ctx): Promise<Instance> {
  const found = (await findInstance(ctx.db)) ?? unstarted
  // Nobody could confirm an address: whatever was decided, nobody can come in.
  return ctx.mailer.isConfigured ? found : { ...found, registrationMode: 'closed' }
}

/** The longest message to those who cannot come in, in characters. */
const longestMessage = 1_000

/**
 * Says who may come in from now on, and what is said to the others.
 * @throws Problem `invalid` where there is no mail server to send confirmations, and for a message that is too long
 */
export async function changeRegistrations(
  ctx: Ctx,
  { mode, message }: Readonly<{ mode?: RegistrationMode; message?: string }>,
): Promise<void> {
  if (mode && mode !== 'closed' && !ctx.mailer.isConfigured) {
    throw invalid('Nobody could confirm an address: set SMTP_URL first, or invite people with "invite EMAIL"')
  }
  if (message && message.length > longestMessage) throw invalid(`Write at most ${longestMessage} characters`)
  const change = {
    ...(mode ? { registrationMode: mode } : {}),
    ...(message === undefined ? {} : { registrationMessage: message.trim() }),
  }
  await transaction(ctx.db, async (tx) => {
    await setRegistrations(tx, change)
    await recordAct(tx, { viewer: null, action: 'instance.registrations_changed', subjectId: null, details: change })
  })
  forgetInstance(ctx)
}

/** How much this instance is used. Counted at most once a minute. */
export async function countUsage(ctx: Ctx): Promise<Usage> {
  return keep(usages, ctx.db, freshUsageMs, () => count(ctx.db, ctx.now()))
}

/** Forgets what was kept, so that a change made in this process shows at once. */
export function forgetInstance(ctx: Ctx): void {
  instances.delete(ctx.db)
  usages.delete(ctx.db)
}

async function keep<T>(kept: WeakMap<Db, Kept<T>>, db: Db, forMs: number, load: () => Promise<T>): Promise<T> {
  const known = kept.get(db)
  // Not the clock of the context: this is about the age of a copy, not about a moment in the world.
  if (known && known.until > performance.now()) return known.value
  const fresh = { value: load(), until: performance.now() + forMs }
  kept.set(db, fresh)
  // A failed reading is not kept: the next one who asks tries again.
  fresh.value.catch(() => kept.delete(db))
  return fresh.value
}

/** The longest name and description of an instance, in characters. */
export const instanceLimits = { name: 80, description: 1_000 } as const

/**
 * Makes the one-time link by which an instance is set up in the browser. Every start makes a new one, and the one before is no longer good.
 * @returns null when the instance is set up
 */
export async function prepareSetup(ctx: Ctx): Promise<string | null> {
  await ensureInstanceActor(ctx)
  const token = makeToken()
  const isOpen = await setSetupToken(ctx.db, hashToken(token))
  return isOpen ? `${ctx.config.publicUrl}/setup?token=${token}` : null
}

/** Whether a set-up link leads anywhere: `closed` is for ever. */
export async function checkSetupToken(ctx: Ctx, token: string): Promise<'open' | 'wrong' | 'closed'> {
  const found = await findInstance(ctx.db)
  if (found?.isSetUp) return 'closed'
  const tokenHash = await findSetupTokenHash(ctx.db)
  return tokenHash !== null && isSame(hashToken(token), tokenHash) ? 'open' : 'wrong'
}

/** What the first page asks for. */
export type SetupInput = UserInput &
  Readonly<{
    instanceName: string
    instanceDescription: string
    organizationName: string
    handle: string
    /** The language of the first login; null: whichever its browser asks for. */
    locale: Locale | null
  }>

/** Who set the instance up, and for whom. */
export type SetupResult = Readonly<{ userId: string; organizationId: string }>

/**
 * Sets the instance up, all or nothing: its name, the first login, which administers it, and the organisation, owned by that login.
 * @throws Problem `gone` when it was set up before, `not_found` for a wrong token, `invalid` with every field that cannot be used
 */
export async function completeSetup(ctx: Ctx, token: string, input: SetupInput): Promise<SetupResult> {
  const state = await checkSetupToken(ctx, token)
  if (state === 'closed') throw gone('This instance has already been set up')
  if (state === 'wrong') throw notFound('This set-up link is not the right one')
  const organization = { type: 'Organization' as const, handle: input.handle, name: input.organizationName }
  const [names, user, actor] = await allValid(
    checkNames(input),
    prepareUser(input),
    prepareLocalActor(ctx, organization),
  )
  const result = await transaction(ctx.db, async (tx) => {
    // First, since it makes a second one who is at it at the same moment wait.
    const isFirst = await closeSetup(tx, hashToken(token), { ...names, setUpAt: ctx.now() })
    if (!isFirst) throw gone('This instance has already been set up')
    const { id: userId } = await writeUser(tx, user, { isAdmin: true, locale: input.locale })
    const { id: organizationId } = await insertLocalActor(tx, actor, userId)
    await setOrganization(tx, organizationId)
    const viewer = { userId, actorId: organizationId }
    await recordAct(tx, { viewer, action: 'instance.set_up', subjectId: null })
    return { userId, organizationId }
  })
  forgetInstance(ctx)
  return result
}

async function checkNames(input: SetupInput): Promise<{ name: string; description: string }> {
  const [name, description] = [input.instanceName.trim(), input.instanceDescription.trim()]
  const details: Record<string, FieldProblem[]> = {}
  const tooLong = { error: 'ERR_TOO_LONG', description: 'is too long' }
  if (name === '') details.instance_name = [{ error: 'ERR_BLANK', description: "can't be blank" }]
  if (name.length > instanceLimits.name) details.instance_name = [tooLong]
  if (description.length > instanceLimits.description) details.instance_description = [tooLong]
  if (input.organizationName.trim() === '') {
    details.organization_name = [{ error: 'ERR_BLANK', description: "can't be blank" }]
  }
  if (Object.keys(details).length > 0) throw invalid('Validation failed: the names cannot be used', details)
  return { name, description }
}
