import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { groupPath, paths } from '../paths.ts'
import { type ActorValue, shownName } from './actor.ts'
import { avatar } from './avatar.ts'
import { linkButton } from './button.ts'
import { emptyState } from './empty.ts'
import { icon } from './icon.ts'

/** Who may come into a group, and read it: everybody, whoever is let in while everybody reads, or whoever is let in. */
export type GroupAccess = 'public' | 'approval' | 'private'

/** What somebody is to a group. */
export type GroupStanding = 'owner' | 'moderator' | 'member' | 'asking'

/** A group in a list. */
export type GroupLine = Readonly<{
  actor: ActorValue
  /** What it says of itself, as plain text. */
  summary: string
  /** Null where that is not for who looks. */
  membersCount: number | null
  access: GroupAccess
  standing: GroupStanding | null
  /** Who asks to come in, for those who look after it. */
  waiting: number
}>

/** The groups of an instance: those of who looks, and the others. */
export type GroupListValue = Readonly<{
  mine: readonly GroupLine[]
  others: readonly GroupLine[]
  mayCreate: boolean
}>

const accessIcons = { public: 'public', approval: 'requests', private: 'lock' } as const

/** Who may come in, in a word. */
export function accessMark(access: GroupAccess, t: Translator): Html {
  return html`<span class="mark-word">${icon(accessIcons[access])}${t.groups.access[access]}</span>`
}

/** The page of all groups. */
export function groupList({ mine, others, mayCreate }: GroupListValue, t: Translator): Html {
  const words = t.groups
  const isEmpty = mine.length + others.length === 0
  const create = mayCreate ? { href: paths.groupNew, label: words.create } : undefined
  return html`<header class="page-head hubs-head">
      <div><h1 class="title">${words.title}</h1><p class="lead">${words.lead}</p></div>
      ${create && !isEmpty && linkButton({ ...create, icon: 'create', kind: 'primary' })}
    </header>
    ${isEmpty && emptyState({ icon: 'followers', title: words.empty, text: words.emptyText, action: create })}
    ${mine.length > 0 && part('mine', words.mine, mine, t)}
    ${others.length > 0 && part('others', mine.length > 0 ? words.others : words.all, others, t)}`
}

function part(id: string, title: string, lines: readonly GroupLine[], t: Translator): Html {
  return html`<section class="hubs" aria-labelledby="groups-${id}">
    <h2 class="section-title" id="groups-${id}">${title}</h2>
    <ul class="lines">${lines.map((line) => html`<li class="hub-line">${groupLine(line, t)}</li>`)}</ul>
  </section>`
}

function groupLine(line: GroupLine, t: Translator): Html {
  const { actor, summary, membersCount, access, standing, waiting } = line
  const href = groupPath(actor.handle)
  return html`${avatar(actor, 'l')}
    <div class="hub-line__words">
      <h3 class="hub-line__name"><a href="${href}"><bdi>${shownName(actor)}</bdi></a></h3>
      <p class="hub-line__facts">${accessMark(access, t)}${membersCount !== null && html`<span class="mark-word">${t.groups.members(membersCount)}</span>`}${standing && html`<span class="mark-word mark-word--on">${t.groups.roles[standing]}</span>`}</p>
      ${summary && html`<p class="hub-line__summary">${summary}</p>`}
      ${waiting > 0 && html`<p><a href="${href}/moderation">${t.groups.waiting(waiting)}</a></p>`}
    </div>`
}
