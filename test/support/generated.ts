import fc from 'fast-check'

/** How many inputs are made of each kind: few beside the other tests, 100,000 by `npm run fuzz`. */
export const inputs = Number(process.env.FUZZ_INPUTS ?? 200)

/** Where the random numbers begin. Always the same unless told: what failed fails again, and no two runs of the tests differ. */
const seed = Number(process.env.FUZZ_SEED ?? 1)

/**
 * How a property is tried. An input may hold several things that are tried at once: then there are as many inputs fewer.
 * @param options.perInput how many things one input holds
 */
export const trials = ({ perInput = 1 } = {}) => ({
  numRuns: Math.ceil(inputs / perInput),
  seed,
})

const every = 10_000
let tried = 0

/** Says on long runs how far it has come, since nothing else is written for an hour. */
export function countTried(count = 1): void {
  const before = Math.floor(tried / every)
  tried += count
  if (Math.floor(tried / every) > before) process.stderr.write(`${tried} inputs tried with seed ${seed}\n`)
}

/** What nobody expects where a value of JSON should be. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, '', ' ', [], {}, [[]], [null], { id: {} }, { type: [] }, '\u0000'),
  fc.constantFrom<unknown>('as:Public', 'https://', 'javascript:alert(1)', 'http://127.0.0.1:1/', 'http://[::1]/x'),
  fc.integer(),
  fc.double(),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .webUrl({
      validSchemes: ['http', 'https', 'ftp'],
      authoritySettings: { withUserInfo: true },
    })
    .map(toInvalid),
  fc.jsonValue({ maxDepth: 3 }),
  fc.nat({ max: 40 }).map((depth) => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`)),
  fc.nat({ max: 400 }).map((length) => Array.from({ length }, (_, at) => ({ id: String(at) }))),
  fc.nat({ max: 20_000 }).map((length) => 'é'.repeat(length)),
)

/** Under a name that never leads anywhere, so that nothing is asked of the network. @see RFC 6761 */
function toInvalid(url: string): string {
  return url.replace(/^(\w+:\/\/(?:[^@/]*@)?)[^/:?#]+/, '$1x.invalid')
}
