/** Collects items while a flush is under way and hands them over together in the next one. */
export type Batcher<T> = Readonly<{
  /** Resolves when the flush that held the item has succeeded; rejects when it has failed. */
  add(item: T): Promise<void>
}>

/**
 * Writes many small things in few statements without making any of them wait: the first goes at once, those that come meanwhile go together.
 * @param flush writes the items; called by one at a time
 * @param most items in one flush
 */
export function createBatcher<T>(flush: (items: T[]) => Promise<void>, most = 500): Batcher<T> {
  type Waiting = { item: T; resolve: () => void; reject: (error: unknown) => void }
  const waiting: Waiting[] = []
  let isFlushing = false
  const run = async () => {
    if (isFlushing) return
    isFlushing = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most)
      try {
        await flush(batch.map(({ item }) => item))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    isFlushing = false
  }
  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        void run()
      }),
  }
}
