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

/**
 * Does together what many ask for at once: the first at once, those that come meanwhile in the next round.
 * @param work answers in the order of its items; called by one at a time. When it fails for several, each is tried alone, so that nobody
 * fails for what another one asked
 */
export function createRounds<I, O>(
  work: (items: readonly I[]) => Promise<readonly O[]>,
  most = 100,
): (item: I) => Promise<O> {
  type Asked = { item: I; answer: (outcome: O | Promise<O>) => void }
  const alone = async (item: I): Promise<O> => {
    const [outcome] = await work([item])
    return outcome as O
  }
  const round = async (asked: readonly Asked[]) => {
    const outcomes = await work(asked.map(({ item }) => item)).catch((error: unknown) => {
      if (asked.length === 1) throw error
      return null
    })
    for (const [index, { item, answer }] of asked.entries()) {
      const outcome = outcomes ? (outcomes[index] as O) : alone(item)
      answer(outcome)
      // Its failure is told to who asked; here it is only waited for.
      await Promise.resolve(outcome).catch(() => {})
    }
  }
  const { add } = createBatcher<Asked>(round, most)
  return (item) => new Promise((resolve, reject) => add({ item, answer: resolve }).catch(reject))
}
