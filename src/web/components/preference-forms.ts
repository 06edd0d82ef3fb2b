import { localeNames, locales } from '#src/core/i18n.ts'
import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type Theme, themes } from '../preferences.ts'
import { hiddenFields } from './button.ts'

/** Light or dark, and the language: two rows of buttons that post, so they work without a script. */
export function preferenceForms(value: Readonly<{ theme: Theme; next: string }>, t: Translator): Html {
  const looks = themes.map((theme) =>
    choice({ name: 'theme', value: theme, label: t.footer[theme], isOn: theme === value.theme }),
  )
  const languages = locales.map((locale) =>
    choice({ name: 'locale', value: locale, label: localeNames[locale], isOn: locale === t.locale, lang: locale }),
  )
  return html`<form class="preferences" method="post" action="${paths.preferences}">
    ${hiddenFields({ next: value.next })}
    <div class="preferences__row" role="group" aria-label="${t.footer.appearance}">${looks}</div>
    <div class="preferences__row" role="group" aria-label="${t.footer.language}">${languages}</div>
  </form>`
}

type Choice = Readonly<{ name: string; value: string; label: string; isOn: boolean; lang?: string }>

function choice({ name, value, label, isOn, lang }: Choice): Html {
  const rest = attributes({ type: 'submit', name, value, lang, 'aria-pressed': isOn ? 'true' : 'false' })
  return html`<button class="preferences__choice"${rest}>${label}</button>`
}
