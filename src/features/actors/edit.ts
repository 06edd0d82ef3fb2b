import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import type { EmojiUse } from '#src/db/schema/emoji.ts'
import { emit } from '#src/effects.ts'
import { listEmojisIn } from '#src/features/emoji/service.ts'
import {
  fieldProblem,
  type LocalActorType,
  readDomains,
  readFields,
  readName,
  readSummary,
  requireRole,
} from './policy.ts'
import { renderFields, renderSummary } from './profile.ts'
import {
  findProfileSource,
  isUsablePicture,
  lockProfile,
  type ProfileChange,
  type ProfileSource,
  retirePictures,
  updateProfileRow,
  updateSourceRow,
} from './profile-queries.ts'
import { type Actor, getActor } from './queries.ts'

/** What somebody wants to have otherwise in the profile of the actor as which they act; what is not named stays as it is. */
export type ProfileInput = Readonly<{
  name?: string | undefined
  /** As typed; it is rendered here. */
  summary?: string | undefined
  fields?: readonly { name: string; value: string }[] | undefined
  /** Pictures that were uploaded as this actor; null takes the picture away. */
  avatarMediaId?: string | null | undefined
  headerMediaId?: string | null | undefined
  type?: LocalActorType | undefined
  isLocked?: boolean | undefined
  isDiscoverable?: boolean | undefined
  isIndexable?: boolean | undefined
  showsMedia?: boolean | undefined
  showsMediaReplies?: boolean | undefined
  showsFeatured?: boolean | undefined
  /** Sites whose articles may name the actor as their author. */
  attributionDomains?: readonly string[] | undefined
  defaultVisibility?: 'public' | 'unlisted' | 'followers' | 'direct' | undefined
  defaultSensitive?: boolean | undefined
  defaultLanguage?: string | null | undefined
  defaultQuotePolicy?: ProfileSource['defaultQuotePolicy'] | undefined
  defaultReplyPolicy?: ProfileSource['defaultReplyPolicy'] | undefined
  expandsMedia?: ProfileSource['expandsMedia'] | undefined
  expandsSpoilers?: boolean | undefined
}>

type Changes = Readonly<{ profile: ProfileChange; source: Partial<Omit<ProfileSource, 'followRequestsCount'>> }>

/**
 * Changes the profile of the actor as which the viewer acts. Other servers are told when something that they can see has changed.
 * @throws Problem `forbidden` when the role does not allow it, `invalid` with the field that cannot be used
 */
export async function updateProfile(ctx: Ctx, viewer: Viewer, input: ProfileInput): Promise<Actor> {
  requireRole(viewer, 'profile')
  const changes = await toChanges(ctx, await getActor(ctx.db, viewer.actorId), input)
  return transaction(ctx.db, async (tx) => {
    await lockProfile(tx, viewer.actorId)
    const before = await getActor(tx, viewer.actorId)
    await checkPictures(tx, before.id, input)
    const profile = whatDiffers(before, { ...changes.profile, emojis: await emojisOf(ctx, tx, before, changes) })
    if (Object.keys(changes.source).length > 0) await updateSourceRow(tx, before.id, changes.source)
    if (Object.keys(profile).length > 0) {
      await updateProfileRow(tx, before.id, { ...profile, updatedAt: ctx.now() })
      await retirePictures(tx, before.id, replacedPictures(before, profile), ctx.now())
      await emit(tx, { type: 'actor.updated', actorId: before.id })
    }
    const changed = [...Object.keys(profile), ...Object.keys(changes.source)]
    if (changed.length > 0)
      await recordAct(tx, { viewer, action: 'actor.updated', subjectId: before.id, details: { changed } })
    return getActor(tx, before.id)
  })
}

async function toChanges(ctx: Ctx, actor: Actor, input: ProfileInput): Promise<Changes> {
  const { type, isLocked, isDiscoverable, isIndexable, showsMedia, showsMediaReplies, showsFeatured } = input
  const name = input.name === undefined ? undefined : readName(input.name)
  const summarySource = input.summary === undefined ? undefined : readSummary(input.summary)
  const fieldsSource = input.fields === undefined ? undefined : readFields(input.fields)
  const summary = summarySource === undefined ? undefined : await renderSummary(ctx, summarySource)
  const fields = fieldsSource && (await renderFields(ctx, fieldsSource, actor.fields))
  return {
    profile: withoutUnset({
      name,
      summary,
      fields,
      linksDueAt: fields && ctx.now(),
      type,
      isLocked,
      isDiscoverable,
      isIndexable,
      showsMedia,
      showsMediaReplies,
      showsFeatured,
      attributionDomains: input.attributionDomains && readDomains(input.attributionDomains),
      avatarMediaId: input.avatarMediaId,
      headerMediaId: input.headerMediaId,
    }),
    source: withoutUnset({
      summarySource,
      fieldsSource,
      defaultVisibility: input.defaultVisibility,
      defaultSensitive: input.defaultSensitive,
      defaultLanguage: input.defaultLanguage === undefined ? undefined : readLanguage(input.defaultLanguage),
      defaultQuotePolicy: input.defaultQuotePolicy,
      defaultReplyPolicy: input.defaultReplyPolicy,
      expandsMedia: input.expandsMedia,
      expandsSpoilers: input.expandsSpoilers,
    }),
  }
}

/** Those in the profile as it will be. They are found in what was typed: in HTML a shortcode could be part of a link. */
async function emojisOf(ctx: Ctx, tx: Tx, before: Actor, { profile, source }: Changes): Promise<EmojiUse[]> {
  if (profile.name === undefined && !source.fieldsSource && source.summarySource === undefined) return before.emojis
  const typed = await findProfileSource(tx, before.id)
  const fields = source.fieldsSource ?? typed?.fieldsSource ?? []
  const emojis = await listEmojisIn(ctx, tx, {
    texts: [
      profile.name ?? before.name,
      source.summarySource ?? typed?.summarySource ?? '',
      ...fields.flatMap(({ name, value }) => [name, value]),
    ],
    former: before.emojis,
  })
  // Not by what JSON says: PostgreSQL has its own order of names.
  const addresses = (uses: readonly EmojiUse[]) => uses.map(({ url }) => url).join(' ')
  return addresses(emojis) === addresses(before.emojis) ? before.emojis : emojis
}

/** @throws Problem `invalid` for what is no language tag */
function readLanguage(text: string | null): string | null {
  if (text === null || text === '') return null
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i.test(text)) {
    throw fieldProblem('language', 'ERR_INVALID', 'is not a language code, for example fr')
  }
  return text
}

async function checkPictures(tx: Tx, actorId: string, { avatarMediaId, headerMediaId }: ProfileInput): Promise<void> {
  for (const [field, mediaId] of [
    ['avatar', avatarMediaId],
    ['header', headerMediaId],
  ] as const) {
    if (mediaId && !(await isUsablePicture(tx, actorId, mediaId))) {
      throw fieldProblem(field, 'ERR_INVALID', 'is not a picture that was uploaded as this actor')
    }
  }
}

function withoutUnset<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** A client that sends the whole form back changes nothing, and nobody need be told. */
function whatDiffers(before: Actor, change: ProfileChange): ProfileChange {
  const former: Readonly<Record<string, unknown>> = before
  const isDifferent = ([name, value]: [string, unknown]) => JSON.stringify(former[name]) !== JSON.stringify(value)
  return Object.fromEntries(Object.entries(change).filter(isDifferent))
}

function replacedPictures(before: Actor, change: ProfileChange): string[] {
  const replaced = [
    change.avatarMediaId === undefined ? null : before.avatarMediaId,
    change.headerMediaId === undefined ? null : before.headerMediaId,
  ]
  return replaced.filter((id) => id !== null)
}
