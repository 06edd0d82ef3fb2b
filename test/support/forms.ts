/** A form of a page as a browser without scripts sees it. */
export type PageForm = Readonly<{
  action: string
  method: string
  fields: Readonly<Record<string, string>>
  names: readonly string[]
}>

/** Finds the form of a page that holds a field or button of this name; its fields have what they would send untouched. */
export function formWith(page: string, name: string): PageForm {
  const form = [...page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].find(([whole]) => whole.includes(`name="${name}"`))
  if (!form) throw new Error(`the page has no form with a field ${name}`)
  const [, attributes = '', content = ''] = form
  const inputs = [...content.matchAll(/<(?:input|button|textarea|select)\b[^>]*>/g)].map(([tag]) => tag)
  const sent = inputs.filter((tag) => tag.startsWith('<input') && (!/type="radio"/.test(tag) || / checked/.test(tag)))
  return {
    action: attributeOf(attributes, 'action'),
    method: attributeOf(attributes, 'method'),
    fields: Object.fromEntries(sent.map((tag) => [attributeOf(tag, 'name'), attributeOf(tag, 'value')])),
    names: inputs.map((tag) => attributeOf(tag, 'name')),
  }
}

function attributeOf(tag: string, name: string): string {
  return readEntities(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

/** The text of a page with its entities read, for looking for sentences in it. */
export function readEntities(text: string): string {
  return text
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** A form as browsers send it. */
export function formBody(fields: Readonly<Record<string, string>>) {
  return {
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }
}

/** What stands in a part of a multipart form: a text, or a file. An empty name is a file input that was left empty. */
export type FormPart = readonly [name: string, value: string | Readonly<{ bytes: Buffer; filename: string }>]

/** A form with files as browsers send it, in the order of its parts. */
export async function multipartBody(parts: readonly FormPart[]) {
  const form = new FormData()
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, new Blob([new Uint8Array(value.bytes)]), value.filename)
  }
  const encoded = new Response(form)
  const payload = Buffer.from(await encoded.arrayBuffer())
  return { payload, headers: { 'content-type': encoded.headers.get('content-type') ?? '' } }
}
