import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { button } from './button.ts'
import { checkbox, fileField, textArea } from './field.ts'
import { icon } from './icon.ts'
import { type PictureValue, picture } from './picture.ts'

/** The pictures of a post that is being written. */
export type PictureSlots = Readonly<{
  /** Pictures that are already stored: of the post that is edited, or of a form that came back with an error. */
  stored: readonly Readonly<{ id: string; picture: PictureValue; alt: string }>[]
  maxPictures: number
  maxMegabytes: number
  maxAltCharacters: number
  /** The types that can be read, as in the attribute `accept`: `image/jpeg,image/png`. */
  accept: string
}>

/**
 * A place for each picture with its description under it. The n-th place sends `picture-n`, a file or, when it is stored already,
 * its id; `alt-n`, its description; and `remove-n` when a stored one is to go. The order in which the places arrive is the order of
 * the pictures, whatever their numbers: that is how moving them works. An empty file means an empty place.
 *
 * Without a script there is a file field in each place; with it one field for all, previews, and buttons to move and remove.
 */
export function pictureSlots(slots: PictureSlots, error: string | undefined, t: Translator): Html {
  const free = Math.max(0, slots.maxPictures - slots.stored.length)
  const stored = slots.stored.map((_, index) => slot(slots, index, t))
  const empty = Array.from({ length: free }, (_, index) => slot(slots, slots.stored.length + index, t))
  const shown = slots.stored.length === 0 ? 1 : 0
  return html`<fieldset class="slots" data-slots${sentences(slots, t)}>
    <legend class="field__label">${t.compose.pictures}</legend>
    ${error && html`<p class="field__error" id="pictures-error">${error}</p>`}
    <ol class="slots__list" data-list>${stored}${empty.slice(0, shown)}</ol>
    ${dropZone(slots, t)}
    ${free > shown && html`<details class="more" data-further><summary class="more__summary">${icon('chevron')}${t.compose.another}</summary><ol class="slots__list" data-list-further>${empty.slice(shown)}</ol></details>`}
    <p class="slots__limits">${t.compose.limits(slots.maxPictures, slots.maxMegabytes)}</p>
  </fieldset>`
}

function sentences(slots: PictureSlots, t: Translator): Html {
  return attributes({
    'data-max-bytes': slots.maxMegabytes * 1_048_576,
    'data-alt-missing': t.compose.altMissing,
    'data-too-many': t.compose.tooMany(slots.maxPictures),
    'data-too-large': t.compose.tooLarge(slots.maxMegabytes),
    'data-not-picture': t.compose.notPicture,
    'data-unreadable': t.compose.unreadable,
  })
}

function dropZone(slots: PictureSlots, t: Translator): Html {
  return html`<label class="drop" data-drop hidden>
    <input class="drop__input" type="file" multiple accept="${slots.accept}" data-pick>
    <span class="drop__sign">${icon('images')}</span>
    <span class="drop__choose">${t.compose.choose}</span>
    <span class="drop__or">${t.compose.drop}</span>
  </label>`
}

function slot(slots: PictureSlots, index: number, t: Translator): Html {
  const number = index + 1
  const stored = slots.stored[index]
  return html`<li class="slot" data-slot${attributes({ 'data-stored': stored !== undefined })}>
    <div class="slot__preview" data-preview>${stored && picture(stored.picture, { sizes: '(min-width: 64rem) 560px, 100vw' }, t)}</div>
    <div class="slot__file" data-file>${
      stored
        ? html`<input type="hidden" name="picture-${number}" value="${stored.id}"><span class="field__label" data-label>${t.compose.picture(number)}</span>`
        : fileField({ name: `picture-${number}`, label: t.compose.picture(number), accept: slots.accept })
    }</div>
    <div class="slot__tools" data-tools hidden>
      ${tool('up', t.compose.moveUp(number))}${tool('down', t.compose.moveDown(number))}${tool('close', t.compose.remove(number))}
    </div>
    ${textArea({
      name: `alt-${number}`,
      label: t.compose.alt,
      hint: t.compose.altHint,
      value: stored?.alt ?? '',
      rows: 2,
      maxLength: slots.maxAltCharacters,
    })}
    ${stored && html`<div data-without-script>${checkbox({ name: `remove-${number}`, label: t.compose.removeStored, isOn: false })}</div>`}
  </li>`
}

function tool(name: 'up' | 'down' | 'close', label: string): Html {
  return button({
    label,
    icon: name,
    kind: 'quiet',
    isIconOnly: true,
    type: 'button',
    attributes: { 'data-tool': name },
  })
}
