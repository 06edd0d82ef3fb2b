const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const values = new Map([...alphabet].map((character, value) => [character, BigInt(value)]))

/** Longer texts are neither keys nor signatures; decoding takes time with the square of the length. */
const maxLength = 2_000

/**
 * Writes bytes in base58btc with its Multibase prefix `z`.
 * @see https://www.w3.org/TR/cid-1.0/#multibase-0
 */
export function toMultibase(bytes: Uint8Array): string {
  let rest = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (; rest > 0n; rest /= 58n) text = alphabet.charAt(Number(rest % 58n)) + text
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return `z${'1'.repeat(zeros < 0 ? bytes.length : zeros)}${text}`
}

/** Reads bytes in base58btc with the prefix `z`; null when it is anything else. */
export function readMultibase(text: string): Buffer | null {
  if (!text.startsWith('z') || text.length > maxLength) return null
  let number = 0n
  for (const character of text.slice(1)) {
    const value = values.get(character)
    if (value === undefined) return null
    number = number * 58n + value
  }
  const zeros = /^1*/.exec(text.slice(1))?.[0].length ?? 0
  const hex = number === 0n ? '' : number.toString(16)
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')])
}
