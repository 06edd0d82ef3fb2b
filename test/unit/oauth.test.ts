import { describe, expect, it } from 'vitest'
import { covers } from '#src/core/scopes.ts'
import { OAuthError } from '#src/features/oauth/errors.ts'
import { addParameters, outOfBand, redirectPlace, redirectProblem } from '#src/features/oauth/redirects.ts'
import { grantScopes, offeredScopes, readScopes, widestScopes } from '#src/features/oauth/scopes.ts'
import { namedScopes } from '#src/features/oauth/views.ts'
import { translatorFor } from '#src/locales/translator.ts'

describe('scopes', () => {
  it.each([
    [['read'], 'read:statuses', true],
    [['read'], 'read', true],
    [['read:statuses'], 'read', false],
    [['read:statuses'], 'read:accounts', false],
    [['read'], 'write:statuses', false],
    [['readall'], 'read:statuses', false],
    [['follow'], 'write:follows', true],
    [['follow'], 'read:mutes', true],
    [['follow'], 'write:blocks', true],
    [['follow'], 'write:statuses', false],
    [['read', 'write'], 'follow', false],
    [[], 'profile', false],
  ])('%j allows %s: %s', (granted, wanted, isAllowed) => {
    expect(covers(granted, wanted)).toBe(isAllowed)
  })

  it('are read from words, each once, however they are spaced', () => {
    expect(readScopes(' read  write\nread ')).toEqual(['read', 'write'])
  })

  it.each([undefined, '', '  '])('are to read when %j is asked for', (text) => {
    expect(readScopes(text)).toEqual(['read'])
  })

  it.each(['admin:read:accounts', 'READ', 'read:everything', 'write,read'])('are refused when unknown: %s', (text) => {
    expect(() => readScopes(text)).toThrow(OAuthError)
  })

  it('are granted as far as the app registered for them', () => {
    expect(grantScopes(['read', 'follow'], 'read:accounts write:follows')).toEqual(['read:accounts', 'write:follows'])
    expect(() => grantScopes(['read:statuses'], 'read')).toThrow(/did not register for the scope read/)
  })

  it('are told shortly: what another one says is left out', () => {
    expect(widestScopes(['read', 'read:statuses', 'write:media'])).toEqual(['read', 'write:media'])
    expect(widestScopes(['follow', 'write:follows', 'write:statuses'])).toEqual(['follow', 'write:statuses'])
  })

  it.each(['en', 'fr'] as const)('all have words in %s', (locale) => {
    const t = translatorFor(locale)
    for (const scope of offeredScopes) expect(namedScopes([scope], t)).toEqual([scope])
  })
})

describe('the address for a code', () => {
  it.each([
    outOfBand,
    'https://client.example',
    'http://127.0.0.1:4567/callback',
    'https://elk.example/oauth/https%3A%2F%2Felk.example',
    'com.example.app:/oauth',
    'icecubesapp://',
    'metatext://oauth.callback?x=1',
  ])('may be %s', (uri) => {
    expect(redirectProblem(uri)).toBeNull()
  })

  it.each([
    ['', 'has a space or a character that must be escaped'],
    ['/callback', 'must be an absolute address'],
    ['client.example/callback', 'must be an absolute address'],
    ['https:', 'must be an absolute address'],
    ['https://client.example/#x', 'must have no fragment'],
    ['https://client.example/a b', 'has a space or a character that must be escaped'],
    ['https://client.example/\r\nx-y: z', 'has a space or a character that must be escaped'],
    ['javascript:alert(1)', 'has a scheme that is not allowed'],
    ['JavaScript:alert(1)', 'has a scheme that is not allowed'],
    ['data:text/html,x', 'has a scheme that is not allowed'],
    ['vbscript:x', 'has a scheme that is not allowed'],
    ['file:///etc/passwd', 'has a scheme that is not allowed'],
    [`https://client.example/${'x'.repeat(2_000)}`, 'is longer than 2,000 characters'],
  ])('may not be %j', (uri, problem) => {
    expect(redirectProblem(uri)).toBe(problem)
  })

  it('is left as it is when parameters are added', () => {
    expect(addParameters('HTTPS://Client.example:443/%7e/..', { code: 'a' })).toBe(
      'HTTPS://Client.example:443/%7e/..?code=a',
    )
    expect(addParameters('app://x?from=y', { code: 'a', state: 'b&c=d e' })).toBe(
      'app://x?from=y&code=a&state=b%26c%3Dd+e',
    )
    expect(addParameters('https://c.example', { code: 'a', state: undefined })).toBe('https://c.example?code=a')
  })

  it('is shown as a place that people recognise', () => {
    expect(redirectPlace('https://client.example:8443/callback')).toBe('client.example:8443')
    expect(redirectPlace('com.example.app:/oauth')).toBe('com.example.app:')
    expect(redirectPlace(outOfBand)).toBeNull()
  })
})

describe('an error of OAuth', () => {
  it.each([
    ['invalid_client', 401],
    ['unauthorized_client', 403],
    ['invalid_grant', 400],
    ['invalid_request', 400],
  ] as const)('%s is answered with %i', (code, status) => {
    expect(new OAuthError(code, 'why').status).toBe(status)
  })
})
