import type { Answer, Client } from './client.ts'

/** The address behind a relation of the Link header, as a path; null when there is none. */
export function linked(answer: Answer, rel: 'next' | 'prev'): string | null {
  const link = String(answer.headers.link ?? '')
  return new RegExp(`<https://here.example([^>]+)>; rel="${rel}"`).exec(link)?.[1] ?? null
}

/** Every page of a list from the first to the last, by the links that the server gives. */
export async function walk<Item>(client: Client, path: string, read: (item: never) => Item): Promise<Item[][]> {
  const pages: Item[][] = []
  for (let next: string | null = path; next; ) {
    const answer = await client.get(next)
    if (answer.status !== 200) throw new Error(`${next} was answered with ${answer.status}`)
    if (answer.body.length > 0) pages.push(answer.body.map(read))
    next = linked(answer, 'next')
  }
  return pages
}
