const largest = 2n ** 63n - 1n

/** Whether a text can be an id: a decimal number of at most 63 bits. What cannot is simply not found; PostgreSQL would refuse it. */
export function isId(text: string): boolean {
  return /^\d{1,19}$/.test(text) && BigInt(text) <= largest
}
