import { isObject, type JsonObject, toStorable } from './json.ts'
import { addressesOf } from './values.ts'

/** Characters of all addresses together: hundreds of people fit. */
const mostCharacters = 16_000

/** In this order they are kept where there are too many: what decides first comes first. */
const words = ['audience', 'attributedTo', 'to', 'cc'] as const

/**
 * What a post's document says of for whom it is, by whom, in which conversation and where its answers are, with ids instead of what stands in full:
 * nothing else of it is asked later. A list stays a list.
 */
export function toAddressing(document: JsonObject): JsonObject {
  let left = mostCharacters
  const isRoomFor = (id: string) => {
    const isRoom = id.length <= left
    if (isRoom) left -= id.length
    return isRoom
  }
  const collections = (['context', 'replies'] as const).flatMap((word) => {
    const value = document[word]
    const id = isObject(value) ? value.id : value
    return typeof id === 'string' && isRoomFor(id) ? [[word, id]] : []
  })
  const lists = words.flatMap((word) => {
    const value = document[word]
    const ids = addressesOf(value).filter(isRoomFor)
    return ids.length === 0 ? [] : [[word, Array.isArray(value) ? ids : ids[0]]]
  })
  return toStorable(Object.fromEntries([...collections, ...lists]))
}
