/** Whether a foreign text names a time zone, as in `Europe/Paris`. */
export function isZone(name: string): boolean {
  if (name.length > 64) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** All time zones by their names, for a choice. */
export const zones: readonly string[] = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort()

const day = 86_400_000

const clocks = new Map<string, Intl.DateTimeFormat>()

/** What the clock on a wall in a zone shows at an instant: `2027-03-28T14:05`, as a form field for a moment has it. */
export function toWallTime(instant: Date, zone: string): string {
  const options = { hourCycle: 'h23', dateStyle: 'short', timeStyle: 'short', timeZone: zone } as const
  const clock = clocks.get(zone) ?? new Intl.DateTimeFormat('sv-SE', options)
  clocks.set(zone, clock)
  return clock.format(instant).replace(' ', 'T')
}

/**
 * The instant at which the clock on a wall in a zone shows this. What it shows twice, when clocks are set back, is the first of the two;
 * what it never shows, when they are set forward, is as long after the change as it would have been.
 * @param wall `2027-03-28T14:05`, also with seconds
 * @returns null for what is no moment
 */
export function toInstant(wall: string, zone: string): Date | null {
  const [, minute] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::\d\d(?:\.\d+)?)?$/.exec(wall) ?? []
  const naive = minute ? Date.parse(`${minute}Z`) : Number.NaN
  // A day of February 30 would be read as one in March.
  if (Number.isNaN(naive) || new Date(naive).toISOString().slice(0, 16) !== minute) return null
  const [before, after] = [naive - offsetAt(naive - day, zone), naive - offsetAt(naive + day, zone)]
  const [first = before] = [before, after]
    .sort((a, b) => a - b)
    .filter((at) => toWallTime(new Date(at), zone) === minute)
  return new Date(first)
}

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  const full = Math.floor(instant / 60_000) * 60_000
  return Date.parse(`${toWallTime(new Date(full), zone)}Z`) - full
}
