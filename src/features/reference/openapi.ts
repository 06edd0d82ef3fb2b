import { z } from 'zod'
import type { Access } from '#src/http/auth.ts'
import type { Method, Returned } from './methods/section.ts'
import type { Route } from './route.ts'
import { methods, sections } from './sections.ts'
import { type ShapeName, shapes, withAnonymous } from './shapes.ts'

type Json = Record<string, unknown>

const bodyTypes = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']
const idLike = { type: 'string' }

/** Describes the client API. @see https://spec.openapis.org/oas/v3.1.1.html */
export function describeApi(routes: readonly Route[], instance: Readonly<{ url: string; version: string }>): Json {
  const known = routes.flatMap((route) => {
    const method = methods[`${route.method} ${route.url}`]
    return method ? [{ route, method }] : []
  })
  const paths: Record<string, Json> = {}
  for (const { route, method } of known) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeMethod(route, method) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'The client API of Entremise',
      version: instance.version,
      description:
        'The client API of Mastodon, as much of it as is there. Ids are decimal strings; lists are paged by the `Link` header.',
      license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
    },
    servers: [{ url: instance.url }],
    tags: sections.map(({ title }) => ({ name: title })),
    paths,
    components: {
      schemas: describeShapes(),
      securitySchemes: describeDoor(
        instance.url,
        known.map(({ route }) => route),
      ),
    },
  }
}

function describeMethod(route: Route, { returns, note, also, headers }: Method): Json {
  const name = `${route.method} ${route.url}`
  return {
    operationId: name.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/_$/, ''),
    tags: sections.filter((section) => name in section.methods).map(({ title }) => title),
    ...(note ? { description: note } : {}),
    parameters: [...describeParams(route), ...describeQuery(route), ...describeHeaders(headers)],
    ...(route.schema.body instanceof z.ZodType ? { requestBody: describeBody(route.schema.body) } : {}),
    ...(route.form ? { requestBody: describeForm(route.form) } : {}),
    responses: {
      200: describeAnswer(returns, route.access),
      ...mapValues(also ?? {}, (description) => ({ ...describeAnswer(returns, route.access), description })),
      '4XX': { description: 'What is wrong, with a sentence', content: jsonOf({ $ref: refTo('ErrorBody') }) },
    },
    security: describeNeeds(route.access),
  }
}

function describeHeaders(headers: Method['headers']): Json[] {
  return Object.entries(headers ?? {}).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }))
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}

function describeParams({ url, schema }: Route): Json[] {
  const properties = propertiesOf(schema.params)
  return [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? idLike,
  }))
}

function describeQuery({ schema }: Route): Json[] {
  const { required = [] } = inputOf(schema.querystring)
  return Object.entries(propertiesOf(schema.querystring)).map(([name, shape]) => ({
    // Lists are written as Rails writes them.
    name: 'type' in shape && shape.type === 'array' ? `${name}[]` : name,
    in: 'query',
    required: (required as string[]).includes(name),
    schema: shape,
  }))
}

function describeBody(body: z.ZodType): Json {
  const { $schema, ...schema } = inputOf(body)
  return { content: Object.fromEntries(bodyTypes.map((type) => [type, { schema }])) }
}

/** Files come in multipart alone; where there must be one, so does everything else. */
function describeForm({ fields, files, isFileNeeded }: NonNullable<Route['form']>): Json {
  const { $schema, ...schema } = inputOf(fields)
  const pictures = Object.fromEntries(files.map((name) => [name, { contentMediaType: 'application/octet-stream' }]))
  const withFiles = {
    ...schema,
    properties: { ...(schema.properties as Json), ...pictures },
    ...(isFileNeeded ? { required: files } : {}),
  }
  const plain = isFileNeeded ? {} : describeBody(fields).content
  return { content: { ...(plain as Json), 'multipart/form-data': { schema: withFiles } } }
}

function describeAnswer(returns: Returned, access: Access | undefined): Json {
  const description = wordsOf(returns)
  if (returns.kind === 'entity') return { description, content: jsonOf(refsTo(returns.names, access)) }
  if (returns.kind === 'list') {
    return { description, content: jsonOf({ type: 'array', items: refsTo(returns.names, access) }) }
  }
  if (returns.kind === 'texts') return { description, content: jsonOf({ type: 'array', items: { type: 'string' } }) }
  const type = { page: 'text/html', stream: 'text/event-stream', text: 'text/plain' }[returns.kind]
  return { description, content: { [type]: { schema: { type: 'string' } } } }
}

/** What a method answers, in words. */
export function wordsOf(returns: Returned): string {
  if (returns.kind === 'entity') return returns.names.join(' or ')
  if (returns.kind === 'list') return `list of ${returns.names.join(' or ')}`
  return { texts: 'list of texts', page: 'a page', stream: 'events', text: 'a word' }[returns.kind]
}

/** The zod schema of what a method answers; null for what is not JSON. */
export function shapeOf(returns: Returned, access: Access | undefined): z.ZodType | null {
  if (returns.kind === 'texts') return z.array(z.string())
  if (returns.kind !== 'entity' && returns.kind !== 'list') return null
  const one = z.union(namesOf(returns.names, access).map((name) => shapes[name] as z.ZodType))
  return returns.kind === 'list' ? z.array(one) : one
}

/** Whoever may come without a token is answered without what concerns a reader. */
function namesOf(names: readonly ShapeName[], access: Access | undefined): readonly ShapeName[] {
  const isForAll = access === 'public' || (typeof access === 'object' && access.isOptional)
  return isForAll ? withAnonymous(names) : names
}

const refTo = (name: ShapeName) => `#/components/schemas/${name}`

function refsTo(names: readonly ShapeName[], access: Access | undefined): Json {
  const refs = namesOf(names, access).map((name) => ({ $ref: refTo(name) }))
  return refs.length === 1 ? { ...refs[0] } : { anyOf: refs }
}

const jsonOf = (schema: Json) => ({ 'application/json': { schema } })

function describeNeeds(access: Access | undefined): Json[] {
  if (access === 'app') return [{ token: [] }]
  if (typeof access !== 'object') return []
  // Any one of them is enough.
  const ways = access.scope.split(' ').map((scope) => ({ token: [scope] }))
  return access.isOptional ? [{}, ...ways] : ways
}

function describeDoor(url: string, routes: readonly Route[]): Json {
  const scopes = new Set(routes.flatMap(({ access }) => (typeof access === 'object' ? access.scope.split(' ') : [])))
  return {
    token: {
      type: 'oauth2',
      flows: {
        authorizationCode: {
          authorizationUrl: `${url}/oauth/authorize`,
          tokenUrl: `${url}/oauth/token`,
          scopes: Object.fromEntries([...scopes].toSorted().map((scope) => [scope, ''])),
        },
      },
    },
  }
}

/** Entities as clients should read them: what a later version adds to one must not break them. */
function describeShapes(): Json {
  const registry = z.registry<{ id: string }>()
  for (const [id, shape] of Object.entries(shapes)) registry.add(shape as z.ZodType, { id })
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => refTo(id as ShapeName),
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties
    },
  })
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema]))
}

function inputOf(schema: unknown): Json {
  if (!(schema instanceof z.ZodType)) return {}
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
}

function propertiesOf(schema: unknown): Record<string, Json> {
  return (inputOf(schema).properties ?? {}) as Record<string, Json>
}

/** What a method takes, field by field. */
export function describeInputs(route: Route) {
  const { required = [] } = inputOf(route.schema.body)
  const parameters = [...describeParams(route), ...describeQuery(route)].map((parameter) => ({
    name: String(parameter.name),
    where: parameter.in === 'path' ? ('path' as const) : ('query' as const),
    type: typeOf(parameter.schema as Json),
    isNeeded: parameter.required === true,
  }))
  const fields = Object.entries(propertiesOf(route.schema.body)).map(([name, schema]) => ({
    name,
    where: 'body' as const,
    type: typeOf(schema),
    isNeeded: (required as string[]).includes(name),
  }))
  return [...parameters, ...fields]
}

function typeOf(schema: Json): string {
  if (Array.isArray(schema.enum)) return schema.enum.join(' | ')
  if (schema.type === 'array') return `list of ${typeOf((schema.items ?? {}) as Json)}`
  if (typeof schema.type === 'string') return schema.type
  const ways = (schema.anyOf ?? schema.oneOf) as Json[] | undefined
  return ways ? [...new Set(ways.map(typeOf))].join(' | ') : 'anything'
}
