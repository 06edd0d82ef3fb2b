/** Whether two ids are of one scheme, host and port, and neither carries a name and password. @see https://w3id.org/fep/fe34 */
export function isSameOrigin(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false
  const [a, b] = [new URL(one), new URL(other)]
  return a.origin === b.origin && !a.username && !b.username
}
