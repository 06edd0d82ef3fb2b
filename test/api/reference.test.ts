import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '#test/support/app.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const get = (url: string) => test.app.inject(url)

async function description() {
  const answer = await get('/api/openapi.json')
  expect(answer.statusCode).toBe(200)
  return answer.json()
}

describe('what the API says of itself', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(await description())
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
    expect(validator.version).toBe('3.1')
  })

  it('may be read by browsers of other sites', async () => {
    const headers = { origin: 'https://client.example' }
    const answer = await test.app.inject({ url: '/api/openapi.json', headers })
    expect(answer.headers['access-control-allow-origin']).toBe('*')
  })

  it('has every method with what it takes, what it answers and what it needs', async () => {
    const { paths, components } = await description()
    const { get: list, post: create } = paths['/api/v1/lists']
    expect(list.responses[200].content['application/json'].schema).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/List' },
    })
    expect(list.security).toEqual([{ token: ['read:lists'] }])
    expect(Object.keys(create.requestBody.content)).toContain('multipart/form-data')
    const { properties } = create.requestBody.content['application/json'].schema
    expect(Object.keys(properties)).toEqual(['title', 'replies_policy', 'exclusive'])
    const { get: home } = paths['/api/v1/timelines/home']
    expect(home.parameters.map(({ name }: { name: string }) => name)).toContain('max_id')
    const { get: status } = paths['/api/v1/statuses/{id}']
    expect(status.parameters[0]).toMatchObject({ name: 'id', in: 'path', required: true })
    expect(components.schemas.Status.properties.account).toEqual({ $ref: '#/components/schemas/Account' })
  })

  it('has the forms in which files come', async () => {
    const { paths } = await description()
    const file = { contentMediaType: 'application/octet-stream' }
    const { content: upload } = paths['/api/v2/media'].post.requestBody
    expect(Object.keys(upload)).toEqual(['multipart/form-data'])
    expect(upload['multipart/form-data'].schema).toMatchObject({ required: ['file'], properties: { file } })
    expect(upload['multipart/form-data'].schema.properties).toHaveProperty('description')
    const { content: profile } = paths['/api/v1/accounts/update_credentials'].patch.requestBody
    expect(profile['multipart/form-data'].schema.properties).toMatchObject({ avatar: file, header: file })
    expect(profile['application/json'].schema.properties).toHaveProperty('display_name')
    expect(profile['application/json'].schema.properties).not.toHaveProperty('avatar')
  })

  it('tells those who may come without a token what they get', async () => {
    const { paths } = await description()
    const { schema } = paths['/api/v1/statuses/{id}'].get.responses[200].content['application/json']
    expect(schema.anyOf.map(({ $ref }: { $ref: string }) => $ref)).toEqual([
      '#/components/schemas/AnonymousStatus',
      '#/components/schemas/Status',
    ])
    expect(paths['/api/v1/statuses/{id}'].get.security).toContainEqual({})
  })

  it('is a page too, with an entry for each method', async () => {
    const { paths } = await description()
    const { body } = await get('/api/docs')
    for (const path of Object.keys(paths)) expect(body).toContain(path.replaceAll(/\{(\w+)\}/g, ':$1'))
    expect(body).toContain('<code>replies_policy</code>')
  })

  it('is a page whose own words are in the language of the reader', async () => {
    const { body } = await test.app.inject({
      url: '/api/docs',
      headers: { accept: 'text/html', 'accept-language': 'fr' },
    })
    expect(body).toContain('<h1 class="title">L’API des applications</h1>')
    expect(body).toMatch(/<h2 id="signing-in">Connexion<\/h2>\s*<div lang="en">/)
    expect(body).not.toContain('<article class="reference" lang="en">')
  })
})
