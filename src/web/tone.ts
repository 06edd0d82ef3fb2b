/** How many tones there are: `tone-0` … in `assets/css/tokens.css`. */
export const toneCount = 8

/**
 * The tone of an identity: always the same for the same handle. It colours the avatar without a picture, the badge of the acting
 * identity and its publish button, so that a team that speaks with several voices sees which one it is about to use.
 */
export function toneOf(handle: string): number {
  let sum = 0
  for (const char of handle.toLowerCase()) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return sum % toneCount
}
