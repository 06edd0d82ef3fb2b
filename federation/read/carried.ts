import { isObject, type JsonObject, listOf } from './json.ts'
import { idOf, typeOf } from './values.ts'

const mentionType: ReadonlySet<'Mention'> = new Set(['Mention'])

/** More than these two say for whom a thing is, but they are what everybody reads. */
const addressNames = ['to', 'cc'] as const

/**
 * What somebody made, with what they say of it on the activity that brings it alone. Lemmy 0.19 names people in the `tag` of the Create, and an object
 * may leave it to its Create for whom it is. Of other people's things an activity says nothing.
 */
export function completeObject(activity: JsonObject, object: JsonObject): JsonObject {
  const author = idOf(object.attributedTo)
  if (author === null || author !== idOf(activity.actor)) return object
  const mentions = listOf(activity.tag).filter((tag) => isObject(tag) && typeOf(tag, mentionType) !== null)
  return {
    ...object,
    ...(isUnaddressed(object) ? addressesIn(activity) : {}),
    ...(mentions.length > 0 ? { tag: [...listOf(object.tag), ...mentions] } : {}),
  }
}

/** Whether a document says nothing of for whom it is. An empty list is an answer: nobody. */
export function isUnaddressed(document: JsonObject): boolean {
  return addressNames.every((name) => isMissing(document[name]))
}

function addressesIn(activity: JsonObject): JsonObject {
  return Object.fromEntries(
    addressNames.filter((name) => !isMissing(activity[name])).map((name) => [name, activity[name]]),
  )
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null
}
