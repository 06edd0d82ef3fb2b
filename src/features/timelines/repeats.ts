/** What stands at home, as far as it tells what is repeated: a post, or a boost of one. */
export type Entry = Readonly<{ id: string; boostOfId: string | null }>

/** A boost is not shown this close above what it boosts, or above another boost of it. The number is Mastodon's. */
export const falloff = 40

/**
 * Whether an entry repeats what stands among the `falloff` before it, shown or not: then it is left out, since its reader has just seen the
 * post, or is about to. What is older decides, so that the answer is the same on every page and at every reading.
 * @param entries of one timeline, newest first, without gaps
 * @returns null for a boost that only what is older than these can tell
 */
export function isRepeat(entries: readonly Entry[], at: number): boolean | null {
  const boosted = entries[at]?.boostOfId
  if (!boosted) return false
  const before = entries.slice(at + 1, at + 1 + falloff)
  if (before.some(({ id, boostOfId }) => (boostOfId ?? id) === boosted)) return true
  return before.length < falloff ? null : false
}
