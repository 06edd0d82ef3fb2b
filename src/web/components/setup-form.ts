import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { button, hiddenFields } from './button.ts'
import { textArea, textField } from './field.ts'
import { flash } from './flash.ts'

/** What the first page of a new instance is made of. */
export type SetupValue = Readonly<{
  action: string
  /** The one-time token of the link, sent along as `token`. */
  token: string
  /** The host of the handles, shown after the handle. */
  host: string
  instanceName: string
  instanceDescription: string
  organizationName: string
  handle: string
  email: string
  minPasswordCharacters: number
  /** What was wrong, by the names of the fields that are sent. */
  errors?: Readonly<Record<string, string | undefined>>
}>

/**
 * The first page of a new instance. Sends `token`, `instance_name`, `instance_description`, `organization_name`, `handle`, `email`,
 * `password`.
 */
export function setupForm(value: SetupValue, t: Translator): Html {
  const wrong = Object.values(value.errors ?? {}).filter(Boolean).length
  return html`<section class="setup">
    <h1 class="title title--large">${t.setup.title}</h1>
    <p class="lead">${t.setup.lead}</p>
    ${wrong > 0 && flash({ kind: 'problem', text: t.formProblems(wrong) })}
    <form class="form" method="post" action="${value.action}">
      ${hiddenFields({ token: value.token })}
      ${place(value, t)}${organization(value, t)}${owner(value, t)}
      <div class="form__end">${button({ label: t.setup.submit, kind: 'primary' })}</div>
    </form>
  </section>`
}

function group(title: string, body: Html): Html {
  return html`<fieldset class="group"><legend class="group__title">${title}</legend><div class="group__body">${body}</div></fieldset>`
}

function place({ instanceName, instanceDescription, errors }: SetupValue, { setup, actions }: Translator): Html {
  const name = textField({
    name: 'instance_name',
    label: setup.instanceName,
    hint: setup.instanceNameHint,
    value: instanceName,
    autocomplete: 'organization',
    isRequired: true,
    maxLength: 80,
    error: errors?.instance_name,
  })
  const description = textArea({
    name: 'instance_description',
    label: setup.instanceDescription,
    hint: setup.instanceDescriptionHint,
    optional: actions.optional,
    value: instanceDescription,
    rows: 2,
    error: errors?.instance_description,
  })
  return group(setup.instance, html`${name}${description}`)
}

function organization({ organizationName, handle, host, errors }: SetupValue, { setup }: Translator): Html {
  const name = textField({
    name: 'organization_name',
    label: setup.organizationName,
    value: organizationName,
    autocomplete: 'organization',
    isRequired: true,
    error: errors?.organization_name,
  })
  const address = textField({
    name: 'handle',
    label: setup.handle,
    hint: setup.handleHint(host),
    value: handle,
    autocomplete: 'off',
    isRequired: true,
    isVerbatim: true,
    maxLength: 30,
    pattern: '[A-Za-z0-9_]+',
    prefix: '@',
    suffix: `@${host}`,
    error: errors?.handle,
  })
  return group(setup.organization, html`${name}${address}`)
}

function owner({ email, minPasswordCharacters, errors }: SetupValue, { setup }: Translator): Html {
  const address = textField({
    name: 'email',
    label: setup.email,
    hint: setup.emailHint,
    type: 'email',
    value: email,
    autocomplete: 'username',
    isRequired: true,
    isVerbatim: true,
    error: errors?.email,
  })
  const password = textField({
    name: 'password',
    label: setup.password,
    hint: setup.passwordHint(minPasswordCharacters),
    type: 'password',
    autocomplete: 'new-password',
    isRequired: true,
    minLength: minPasswordCharacters,
    error: errors?.password,
  })
  return group(setup.owner, html`${address}${password}`)
}
