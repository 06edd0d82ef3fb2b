import type { Db } from '#src/db/client.ts'

/** How many statements are sent outside of transactions while something is done. What a connection asks when it is opened is not counted. */
export async function countQueries(db: Db, work: () => Promise<unknown>): Promise<number> {
  let statements = 0
  const clients = [db.$client, db.$plans].map((client) => ({ client, unsafe: client.unsafe }))
  for (const { client, unsafe } of clients) {
    client.unsafe = ((...args: Parameters<typeof unsafe>) => {
      statements += 1
      return unsafe(...args)
    }) as typeof unsafe
  }
  try {
    await work()
    return statements
  } finally {
    for (const { client, unsafe } of clients) client.unsafe = unsafe
  }
}
