import type { Messages } from '#src/locales/en.ts'
import type { ShapeName } from '../shapes.ts'

/** What a method answers when it succeeds: entities, or something that is not JSON. */
export type Returned =
  | Readonly<{ kind: 'entity' | 'list'; names: readonly ShapeName[] }>
  | Readonly<{ kind: 'texts' | 'page' | 'stream' | 'text' }>

/** A method of the client API as it is documented; what can be read off the route itself is not repeated. */
export type Method = Readonly<{
  returns: Returned
  note?: string
  /** Other ways to succeed than 200, by their status: when. The body is the same. */
  also?: Readonly<Record<number, string>>
  /** Headers of the request that change what happens. */
  headers?: Readonly<Record<string, string>>
}>

/** The name of a section, which every language has in its own words. */
export type SectionTitle = keyof Messages['reference']['sections']

/** Methods that belong together, by method and address, with what is to be known of all of them in Markdown. */
export type Section = Readonly<{
  /** Its name in English; pages have one in each language. */
  title: SectionTitle
  before?: string
  after?: string
  methods: Readonly<Record<string, Method>>
}>

/** One entity, or one of several kinds. */
export const one = (...names: readonly ShapeName[]): Returned => ({ kind: 'entity', names })

/** A list of entities of one kind. */
export const list = (name: ShapeName): Returned => ({ kind: 'list', names: [name] })

/** A list of texts. */
export const texts: Returned = { kind: 'texts' }

/** A page for people. */
export const page: Returned = { kind: 'page' }

/** Events, one after the other, as long as the connection lasts. */
export const stream: Returned = { kind: 'stream' }

/** A word. */
export const plain: Returned = { kind: 'text' }
