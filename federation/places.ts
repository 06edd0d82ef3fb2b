/** Counts what is under way, in all and by name; a name is remembered only while something of it is. */
export function createPlaces() {
  const held = new Map<string, number>()
  let all = 0
  const change = (name: string, by: 1 | -1) => {
    const count = (held.get(name) ?? 0) + by
    if (count === 0) held.delete(name)
    else held.set(name, count)
  }
  return {
    all: (): number => all,
    of: (name: string): number => held.get(name) ?? 0,
    /** Does some work and counts it under each of the names meanwhile. */
    async hold<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
      all++
      for (const name of names) change(name, 1)
      try {
        return await work()
      } finally {
        all--
        for (const name of names) change(name, -1)
      }
    },
  }
}
