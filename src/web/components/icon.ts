import { type Html, html } from '../html.ts'

// Drawn on a grid of 24 with one round stroke, so that they sit well beside text of any size.
const shapes = {
  home: html`<path d="m4 11.25 8-6.75 8 6.75M6.25 9.5v9.75h11.5V9.5M10 19.25v-5h4v5"/>`,
  bell: html`<path d="M6.25 16.75v-6a5.75 5.75 0 0 1 11.5 0v6l1.5 1.5H4.75ZM10 20.5h4"/>`,
  bookmark: html`<path d="M7 4.75h10v15l-5-4-5 4Z"/>`,
  list: html`<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.5M4.5 12h.5M4.5 17.5h.5"/>`,
  more: html`<path d="M5.5 12h.5M11.75 12h.5M18 12h.5"/>`,
  profile: html`<circle cx="12" cy="8" r="3.75"/><path d="M4.75 20c.7-3.9 3.5-6 7.25-6s6.55 2.1 7.25 6"/>`,
  create: html`<path d="M12 5v14M5 12h14"/>`,
  requests: html`<circle cx="10" cy="8" r="3.5"/><path d="M3.25 20c.6-3.8 3.2-5.8 6.75-5.8 1.5 0 2.8.35 3.9 1M18 14.5v6M15 17.5h6"/>`,
  settings: html`<path d="M4 7.5h8.5M18.5 7.5H20M4 16.5h1.5M11.5 16.5H20"/><circle cx="15.5" cy="7.5" r="2.75"/><circle cx="8.5" cy="16.5" r="2.75"/>`,
  find: html`<circle cx="10.5" cy="10.5" r="5.75"/><path d="m15 15 4.75 4.75"/>`,
  signOut: html`<path d="M10.5 4.5H6.25c-.7 0-1.25.55-1.25 1.25v12.5c0 .7.55 1.25 1.25 1.25h4.25M15 8l4 4-4 4M18.5 12H9.5"/>`,
  check: html`<path d="m5 12.75 4.5 4.5L19 7.5"/>`,
  close: html`<path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/>`,
  up: html`<path d="M12 19V5.5M6 11.25l6-6 6 6"/>`,
  down: html`<path d="M12 5v13.5M6 12.75l6 6 6-6"/>`,
  left: html`<path d="M19 12H5.5M11.25 6l-6 6 6 6"/>`,
  right: html`<path d="M5 12h13.5M12.75 6l6 6-6 6"/>`,
  chevron: html`<path d="m7 10 5 5 5-5"/>`,
  image: html`<rect x="3.75" y="4.75" width="16.5" height="14.5" rx="2"/><circle cx="9" cy="10" r="1.6"/><path d="m4.25 17.25 4.5-4 3.25 2.75 3.75-4.25 4.25 4.75"/>`,
  images: html`<rect x="7.75" y="7.75" width="12" height="12" rx="2"/><path d="M4.25 15.5V6.25c0-1.1.9-2 2-2h9.25"/>`,
  public: html`<circle cx="12" cy="12" r="8.25"/><path d="M3.75 12h16.5M12 3.75c2.4 2.4 3.6 5.1 3.6 8.25s-1.2 5.85-3.6 8.25c-2.4-2.4-3.6-5.1-3.6-8.25s1.2-5.85 3.6-8.25Z"/>`,
  unlisted: html`<path d="M19.25 14.4A7.75 7.75 0 0 1 9.6 4.75a7.75 7.75 0 1 0 9.65 9.65Z"/>`,
  followers: html`<circle cx="9" cy="8.5" r="3.25"/><path d="M3 19.25c.5-3.3 2.8-5 6-5s5.5 1.7 6 5M15.4 5.5a3.25 3.25 0 0 1 0 6M17.6 14.75c1.9.75 3 2.25 3.4 4.5"/>`,
  direct: html`<rect x="3.75" y="5.5" width="16.5" height="13" rx="2"/><path d="m4.25 7.5 7.75 5.75 7.75-5.75"/>`,
  lock: html`<rect x="5.25" y="10.5" width="13.5" height="9.25" rx="2"/><path d="M8.25 10.5V8a3.75 3.75 0 0 1 7.5 0v2.5"/>`,
  like: html`<path d="M12 19.5s-7.5-4.3-7.5-9.75A4.1 4.1 0 0 1 12 7.3a4.1 4.1 0 0 1 7.5 2.45c0 5.45-7.5 9.75-7.5 9.75Z"/>`,
  boost: html`<path d="m4 9 3-3 3 3M7 6.5V15c0 1.1.9 2 2 2h4M20 15l-3 3-3-3M17 17.5V9c0-1.1-.9-2-2-2h-4"/>`,
  reply: html`<path d="m9.5 7-5 5 5 5M5 12h8.5a5.5 5.5 0 0 1 5.5 5.5v1.25"/>`,
  quote: html`<path d="M10 7.5H5.5V13H10ZM10 13c0 2-1.25 3.5-3.5 4M19 7.5h-4.5V13H19ZM19 13c0 2-1.25 3.5-3.5 4"/>`,
  trash: html`<path d="M5 7h14M9.75 7V4.75h4.5V7M7 7l.75 12.25h8.5L17 7M10.5 11v4.75M13.5 11v4.75"/>`,
  edit: html`<path d="m4.75 19.25.9-3.9L16 5l3 3L8.65 18.35ZM13.75 7.25l3 3"/>`,
  external: html`<path d="M13.5 5H19v5.5M18.5 5.5l-7.75 7.75M16.5 14v4.25c0 .4-.35.75-.75.75H5.75a.75.75 0 0 1-.75-.75v-10c0-.4.35-.75.75-.75H10"/>`,
  copy: html`<rect x="8.75" y="8.75" width="10.5" height="10.5" rx="2"/><path d="M5.5 15.25h-.25c-.55 0-1-.45-1-1v-9c0-.55.45-1 1-1h9c.55 0 1 .45 1 1v.25"/>`,
  pin: html`<path d="M8.75 4.75h6.5M10 4.75v5.5l-2.75 3.5h9.5L14 10.25v-5.5M12 13.75v5.75"/>`,
  covered: html`<path d="m4.5 4.5 15 15M9.75 6.1A8.6 8.6 0 0 1 12 5.75c4.6 0 7.7 3.6 8.75 6.25a11 11 0 0 1-2.25 3.4M6.3 7.75A11.6 11.6 0 0 0 3.25 12C4.3 14.65 7.4 18.25 12 18.25a8.7 8.7 0 0 0 3.9-.9"/>`,
  shop: html`<path d="M5.25 8.5h13.5l-.9 11.25H6.15ZM8.75 11V7.75a3.25 3.25 0 0 1 6.5 0V11"/>`,
  clock: html`<circle cx="12" cy="12" r="8.25"/><path d="M12 7v5.25l3.5 2"/>`,
  poll: html`<path d="M5 6.5h14M5 12h8.5M5 17.5h11"/>`,
  warning: html`<path d="m12 4.75 8.25 14.5H3.75ZM12 10.25v4M12 16.75v.25"/>`,
} as const satisfies Readonly<Record<string, Html>>

/** The icons that there are. */
export type IconName = keyof typeof shapes

/** A drawing beside a word. It says nothing by itself: the word, visible or hidden, is the name. */
export function icon(name: IconName): Html {
  return html`<svg class="icon icon--${name}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes[name]}</svg>`
}

/** The sign of Entremise: two circles, and what they have in common. */
export function mark(): Html {
  return html`<svg class="mark" viewBox="0 0 40 24" aria-hidden="true" focusable="false"><circle class="mark__ring" cx="13" cy="12" r="10.5"/><circle class="mark__ring" cx="27" cy="12" r="10.5"/><path class="mark__between" d="M20 4.174a10.5 10.5 0 0 1 0 15.652 10.5 10.5 0 0 1 0-15.652Z"/></svg>`
}
