import type { Ctx } from '#src/context.ts'
import { acceptedMimes } from '#src/core/images/sniff.ts'
import { zones } from '#src/core/zones.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import type { PictureAddresses } from '#src/features/media/addresses.ts'
import { maxDescription, maxUploadBytes } from '#src/features/media/service.ts'
import { toPictureValue } from '#src/features/media/views.ts'
import { productLimits } from '#src/features/products/policy.ts'
import type { Translator } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { composeForm } from '#src/web/components/compose-form.ts'
import { flash } from '#src/web/components/flash.ts'
import { postCard } from '#src/web/components/post-card.ts'
import { type Html, html } from '#src/web/html.ts'
import { languageChoices } from '#src/web/languages.ts'
import type { ComposeInput } from './compose-fields.ts'
import { postLimits } from './policy.ts'
import { toPollFields } from './poll-fields.ts'
import type { ShownPost } from './shown.ts'
import { type PostScenery, toPostValue } from './views.ts'

/** The page for writing a post, or for changing one. */
export type ComposePage = Readonly<{
  ctx: Pick<Ctx, 'uris' | 'config' | 'now'>
  addresses: PictureAddresses
  actor: Actor
  action: string
  isEdit: boolean
  input: ComposeInput
  /** What is answered. */
  parent: ShownPost | null
  /** What is quoted. */
  quoted: ShownPost | null
  now: Date
  /** The zone in which the person reads and writes times, and whether that is only a guess. */
  zone: { name: string; isGuessed: boolean }
  /** The post that is changed asks something already. */
  hasPoll: boolean
  /** What the actor sells: a post can show it. */
  wares: readonly Readonly<{ id: string; label: string }>[]
}>

/** The title of the page. */
export function composeTitle({ isEdit, parent, quoted, ctx }: ComposePage, t: Translator): string {
  if (isEdit) return t.compose.editTitle
  if (quoted) return t.quotes.composeTitle(nameOf(toActorValue(ctx, quoted.author)))
  return parent ? t.pages.answerTitle(nameOf(toActorValue(ctx, parent.author))) : t.compose.title
}

/** What is answered, if anything, and the form with all that was typed. */
export function composeView(page: ComposePage, t: Translator): Html {
  const { ctx, addresses, actor, input, now } = page
  const before = page.parent ?? page.quoted
  const scenery: PostScenery = { ctx, addresses, readerId: actor.id }
  const wrong = Object.values(input.errors).filter(Boolean).length
  return html`<h1 class="title">${composeTitle(page, t)}</h1>
    ${wrong > 0 && flash({ kind: 'problem', text: t.formProblems(wrong) })}
    ${before && html`<div class="answered">${postCard(toPostValue(scenery, before), now, t)}</div>`}
    ${form(page, t)}`
}

function form(
  { ctx, addresses, actor, action, isEdit, input, zone, hasPoll, wares }: ComposePage,
  t: Translator,
): Html {
  const { text, spoilerText, isSensitive, visibility, language, errors } = input
  const stored = input.pictures.map(({ row, alt }) => {
    const picture = toPictureValue({ ...row, description: alt }, addresses, { actorId: actor.id })
    return { id: row.id, picture, alt }
  })
  const value = {
    action,
    isEdit,
    actor: toActorValue(ctx, actor),
    text,
    spoilerText,
    isSensitive,
    visibility,
    language,
    languages: languageChoices(t.locale, language),
    maxCharacters: postLimits.characters,
    pictures: {
      stored,
      maxPictures: postLimits.pictures,
      maxMegabytes: maxUploadBytes / 1_048_576,
      maxAltCharacters: maxDescription,
      accept: acceptedMimes.join(','),
    },
    poll: toPollFields(input.poll, hasPoll, t),
    products: {
      choices: wares,
      chosen: input.products,
      mostProducts: productLimits.inPost,
      mostPictures: postLimits.pictures,
    },
    later: isEdit ? null : toLater(input, zone),
    hidden: {
      key: input.key,
      reminded: String(input.isReminded),
      ...(input.replyTo ? { reply: input.replyTo } : {}),
      ...(input.quotedId ? { quote: input.quotedId } : {}),
    },
    quotePolicy: isEdit ? null : input.quotePolicy,
    errors,
  }
  return composeForm(value, t)
}

function toLater({ scheduledAt, timeZone }: ComposeInput, zone: ComposePage['zone']) {
  return { at: scheduledAt, zone: timeZone || zone.name, zones, isGuessed: zone.isGuessed && timeZone === '' }
}
