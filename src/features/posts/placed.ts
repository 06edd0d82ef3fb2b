import type { Actor } from '#src/features/actors/queries.ts'
import type { Placed } from './placed-queries.ts'
import type { StatusRow } from './status-queries.ts'

/** A mention at the very beginning, as our text and that of other programs have it. */
const firstMention =
  /^(<p>)?\s*(?:<span class="h-card"[^>]*>)?<a\b[^>]*\bclass="[^"]*\bmention\b[^"]*"[^>]*>@(?:<span>)?([^<@\s]+)(?:@[^<]*)?(?:<\/span>)?<\/a>(?:<\/span>)?(?:\s|<br ?\/?>)*/

/**
 * A post as our pages show it beside the name of its group: without the mention by which it was sent there, and without the boost by which the
 * group shows it, which is nobody's applause. What other programs get stays as it is.
 */
export function inGroup(row: StatusRow, placed: readonly Placed[], group: Actor): StatusRow {
  const boosts = placed.filter(({ isTopic }) => isTopic).length
  return { ...row, content: withoutMention(row.content, group), boostsCount: Math.max(0, row.boostsCount - boosts) }
}

function withoutMention(content: string, { handle }: Actor): string {
  const [start, paragraph = '', named] = firstMention.exec(content) ?? []
  if (start === undefined || named?.toLowerCase() !== handle.toLowerCase()) return content
  const rest = paragraph + content.slice(start.length)
  // Who only names the group has said that.
  return rest.replaceAll(/<[^>]*>|\s/g, '') === '' ? content : rest
}
