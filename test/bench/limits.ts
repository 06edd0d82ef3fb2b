import { sign } from 'node:crypto'
import { promisify } from 'node:util'
import { generateRsaPair, privateKey } from '#federation/signatures/keys.ts'

const signAsync = promisify(sign)

/** As long as the text that a delivery signs. */
const text = Buffer.alloc(300, 'a')

/**
 * What no program can do cheaper: the RSA signature that each delivery needs, with the key at hand.
 * @returns CPU seconds for a thousand, now, with whatever else this machine does
 */
export async function measureSigning(count: number): Promise<number> {
  const key = privateKey((await generateRsaPair()).privateKeyPem)
  await signAsync('sha256', text, key)
  const before = process.cpuUsage()
  for (let n = 0; n < count; n += 8) await Promise.all(Array.from({ length: 8 }, () => signAsync('sha256', text, key)))
  const { user, system } = process.cpuUsage(before)
  return ((user + system) / 1e6 / count) * 1_000
}
