import { attributes, type Hole, type Html, html } from '../html.ts'
import { type IconName, icon } from './icon.ts'

/** `primary` once on a page: what most people came for. `quiet` has no border. `danger` cannot be undone. */
export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger'

type Look = Readonly<{
  label: string
  kind?: ButtonKind
  icon?: IconName
  /** A name for those who do not see the neighbours: "Approve Léa" where "Approve" is shown. */
  accessibleName?: string
  /** Shows the icon alone; the label is still the name. */
  isIconOnly?: boolean
  /** Further classes, such as a tone. */
  class?: string
}>

/** A button of a form. */
export type ButtonOptions = Look &
  Readonly<{
    type?: 'submit' | 'button'
    name?: string
    value?: string
    /** The id of a popover that it opens. */
    popover?: string
    /** Hooks for an enhancement: `{ 'data-copy': '…' }`. */
    attributes?: Readonly<Record<string, string | boolean>>
  }>

/** A button; it submits unless told otherwise. */
export function button(options: ButtonOptions): Html {
  const rest = attributes({
    class: classOf(options),
    type: options.popover ? 'button' : (options.type ?? 'submit'),
    name: options.name,
    value: options.value,
    popovertarget: options.popover,
    'aria-label': options.accessibleName,
    title: options.isIconOnly && options.label,
    ...options.attributes,
  })
  return html`<button${rest}>${faceOf(options)}</button>`
}

/** A link that looks like a button: it leads somewhere and changes nothing. */
export function linkButton(options: Look & Readonly<{ href: string }>): Html {
  const rest = attributes({
    class: classOf(options),
    href: options.href,
    'aria-label': options.accessibleName,
    title: options.isIconOnly && options.label,
  })
  return html`<a${rest}>${faceOf(options)}</a>`
}

/** One button that posts: a form of its own, with hidden fields. */
export function postButton(
  options: ButtonOptions & Readonly<{ action: string; fields?: Readonly<Record<string, string>> }>,
): Html {
  return html`<form class="inline-form" method="post" action="${options.action}">${hiddenFields(options.fields)}${button(options)}</form>`
}

/** Hidden fields from a record. */
export function hiddenFields(fields: Readonly<Record<string, string>> | undefined): Hole {
  return Object.entries(fields ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
}

function classOf(look: Look): string {
  const { kind = 'plain', isIconOnly } = look
  return ['button', `button--${kind}`, isIconOnly && 'button--icon', look.class].filter(Boolean).join(' ')
}

function faceOf(look: Look): Html {
  const label = look.isIconOnly
    ? html`<span class="visually-hidden">${look.label}</span>`
    : html`<span class="button__label">${look.label}</span>`
  return html`${look.icon && icon(look.icon)}${label}`
}
