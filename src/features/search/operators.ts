/** What a search for posts asks for: its words, and what was said with `from:` and the like. */
export type PostSearch = Readonly<{
  /** The words, with quotation marks and minus signs as they were typed. */
  words: string
  /** `me`, or a handle with or without a host. */
  from: string | null
  has: readonly ('media' | 'image' | 'embed' | 'link')[]
  is: readonly ('reply' | 'sensitive')[]
  language: string | null
  /** Only what one has to do with (`library`), or only what everybody may read. */
  within: 'library' | 'public' | 'all'
  /** Published at or after, and before. */
  since: Date | null
  until: Date | null
}>

const everything: PostSearch = {
  words: '',
  from: null,
  has: [],
  is: [],
  language: null,
  within: 'all',
  since: null,
  until: null,
}

const dayMs = 86_400_000

type Reader = (value: string, sofar: PostSearch) => PostSearch | null

const day = (value: string): number | null => {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN
  return Number.isNaN(time) ? null : time
}

/** Adds a bound; null when what was typed is no day. */
function bound(value: string, toBounds: (start: number) => Partial<PostSearch>, sofar: PostSearch): PostSearch | null {
  const start = day(value)
  return start === null ? null : { ...sofar, ...toBounds(start) }
}

const readers: Readonly<Record<string, Reader>> = {
  from: (value, sofar) => ({ ...sofar, from: value.replace(/^@/, '') }),
  has: (value, sofar) =>
    value === 'media' || value === 'image' || value === 'embed' || value === 'link'
      ? { ...sofar, has: [...sofar.has, value] }
      : null,
  is: (value, sofar) => (value === 'reply' || value === 'sensitive' ? { ...sofar, is: [...sofar.is, value] } : null),
  language: (value, sofar) => ({ ...sofar, language: value.toLowerCase() }),
  in: (value, sofar) =>
    value === 'library' || value === 'public' || value === 'all' ? { ...sofar, within: value } : null,
  before: (value, sofar) => bound(value, (start) => ({ until: new Date(start) }), sofar),
  after: (value, sofar) => bound(value, (start) => ({ since: new Date(start + dayMs) }), sofar),
  during: (value, sofar) =>
    bound(value, (start) => ({ since: new Date(start), until: new Date(start + dayMs) }), sofar),
}

/**
 * Takes the operators out of what was typed. What looks like one and is none is a word like others.
 * @see https://docs.joinmastodon.org/user/discoverability/#search-operators
 */
export function readPostSearch(typed: string): PostSearch {
  let search = everything
  const words: string[] = []
  for (const word of typed.split(/\s+/)) {
    const [, name = '', value = ''] = /^([a-z]+):(\S+)$/i.exec(word) ?? []
    const read = readers[name.toLowerCase()]?.(value, search) ?? null
    if (read) search = read
    else words.push(word)
  }
  return { ...search, words: words.join(' ').trim() }
}
