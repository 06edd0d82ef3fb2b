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
