import type { Translator } from '#src/locales/translator.ts'
import type { ApiMethodValue, ApiReferenceValue } from '#src/web/components/api-reference.ts'
import { describeInputs, wordsOf } from './openapi.ts'
import { accessInWords, type Route } from './route.ts'
import { sections } from './sections.ts'

/** The client API as its page shows it. */
export function toReferenceValue(routes: readonly Route[], { reference }: Translator): ApiReferenceValue {
  const byName = new Map(routes.map((route) => [`${route.method} ${route.url}`, route]))
  return {
    sections: sections.map(({ title, before, after, methods }) => ({
      id: title.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
      title: reference.sections[title],
      text: [before, after].filter((part) => part !== undefined).flatMap((part) => part.split('\n\n')),
      methods: Object.entries(methods).flatMap(([name, { returns, note }]): ApiMethodValue[] => {
        const route = byName.get(name)
        if (!route) return []
        return [
          {
            method: route.method,
            address: route.url,
            access: accessInWords(route.access),
            note: note ?? null,
            returns: wordsOf(returns),
            fields: describeInputs(route),
          },
        ]
      }),
    })),
  }
}
