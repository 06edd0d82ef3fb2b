/** A clock that a test holds in its hand: it stands still until it is set. */
export type Clock = Readonly<{ now: () => Date; set: (at: Date) => void; pass: (ms: number) => void }>

/** One day in milliseconds. */
export const DAY_MS = 86_400_000

/** A clock that shows the present moment, to the millisecond, until it is moved. */
export function createClock(start = new Date()): Clock {
  let at = start.getTime()
  return {
    now: () => new Date(at),
    set: (moment) => {
      at = moment.getTime()
    },
    pass: (ms) => {
      at += ms
    },
  }
}
