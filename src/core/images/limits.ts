/** What a picture may have, all frames together. */
export const MAX_PIXELS = 40_000_000
