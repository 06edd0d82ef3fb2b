import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isObject, type JsonObject } from '#federation/read/json.ts'

/** A document of another program, as it was captured. `name` is its path below the folder of payloads. */
export type Payload = Readonly<{ name: string; json: JsonObject }>

const folder = resolve(import.meta.dirname, '../../../shared/fixtures')

/** Whether the captured payloads are there: they are not part of the project. */
export const hasPayloads = existsSync(folder)

/** Every captured document that is a JSON object, with what was taken out of Mbin's put back. */
export function listPayloads(): Payload[] {
  const names = globSync('{as2,lab}/**/*.json', { cwd: folder }).filter((name) => !name.endsWith('.http.json'))
  return names.sort().flatMap((name) => {
    const json: unknown = JSON.parse(putBack(readFileSync(join(folder, name), 'utf8')))
    return isObject(json) ? [{ name, json }] : []
  })
}

/** One captured document by its path. */
export function readPayload(name: string): JsonObject {
  const json: unknown = JSON.parse(putBack(readFileSync(join(folder, name), 'utf8')))
  if (!isObject(json)) throw new Error(`${name} is no JSON object`)
  return json
}

/** Mbin's snapshots have placeholders instead of ids and moments; each id must be another. */
function putBack(text: string): string {
  let count = 0
  return text
    .replace(/SCRUBBED_ID/g, () => `https://kbin.test/scrubbed/${count++}`)
    .replaceAll('SCRUBBED_DATE', '2025-01-01T00:00:00+00:00')
}
