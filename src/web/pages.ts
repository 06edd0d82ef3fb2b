import type { Locale } from '#src/core/i18n.ts'
import type { Reason } from '#src/errors.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { linkButton } from './components/button.ts'
import { html } from './html.ts'
import { type LayoutOptions, layout } from './layout.ts'
import { paths } from './paths.ts'

/** What an error page is made of: the status is enough, the rest makes it say more. */
export type ErrorPageOptions = Readonly<{
  status: number
  locale: Locale
  /** Given to the operators by whoever met the error: it leads to the line in the log. */
  requestId: string
  /** What exactly was wrong, where the status says too little to act on. */
  reason?: Reason | null
}> &
  Partial<Pick<LayoutOptions, 'instance' | 'viewer' | 'theme' | 'path'>>

/** A whole page for an error: what it means, what to do, and a way on. */
export function errorPage(options: ErrorPageOptions): string {
  const { status, locale, requestId, reason, ...frame } = options
  const t = translatorFor(locale)
  const isNobody = status === 403 && frame.viewer?.actor === null
  const precise = reason ? t.errors.reasons[reason] : t.errors[known(status)]
  const { title, text } = isNobody ? t.errors.nobody : precise
  const body = html`<section class="error">
    <p class="error__status" aria-hidden="true">${status}</p>
    <h1 class="title title--large">${title}</h1>
    <p class="lead">${text}</p>
    ${status >= 500 && html`<p class="error__reference">${t.errors.reference} <code>${requestId}</code></p>`}
    ${status === 401 ? linkButton({ href: paths.login, label: t.nav.signIn, kind: 'primary' }) : linkButton({ href: paths.home, label: t.errors.home })}
  </section>`
  return layout({ ...frame, locale, title, isIndexable: false, body })
}

type KnownStatus = keyof ReturnType<typeof translatorFor>['errors'] & number

const knownStatuses: readonly KnownStatus[] = [401, 403, 404, 409, 410, 413, 422, 429, 500, 503, 507]

function known(status: number): KnownStatus {
  return knownStatuses.find((value) => value === status) ?? (status < 500 ? 422 : 500)
}
