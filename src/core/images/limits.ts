/** What a picture may have, all frames together. */
export const MAX_PIXELS = 40_000_000

/**
 * The longest side, in pixels; no JPEG has a longer one. A PNG of a million by sixteen has few pixels and 200 bytes, and shrinking it takes
 * 1.5 GB, since whole rows are held; with this side it takes 350 MB.
 */
export const MAX_SIDE = 65_535
