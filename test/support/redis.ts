import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './port.ts'

/** The name of the Redis or Valkey that is installed, or null: tests that need one are skipped then. */
export function findRedisServer(): string | null {
  return ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0) ?? null
}

/**
 * Starts the Redis or Valkey of this machine on a loopback port, with nothing in it; null when there is none.
 * @param wanted the port, as after a kill; a free one when left out
 */
export async function startRedis(
  wanted?: number,
): Promise<{ url: string; kill(): Promise<void>; stop(): Promise<void> } | null> {
  const program = findRedisServer()
  if (!program) return null
  const folder = await mkdtemp(join(tmpdir(), 'entremise-test-redis-'))
  for (let left = 3; ; left--) {
    const port = wanted ?? (await freePort())
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
    const child = spawn(program, args, { stdio: 'ignore' })
    const exit = once(child, 'exit')
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal)
      await exit
      await rm(folder, { recursive: true, force: true })
    }
    const stop = () => end('SIGTERM')
    if (await answers(port, () => child.exitCode !== null))
      return { url: `redis://127.0.0.1:${port}`, kill: () => end('SIGKILL'), stop }
    await stop()
    // Somebody may have taken the port in between.
    if (left === 1) throw new Error(`${program} does not start`)
  }
}

async function answers(port: number, hasEnded: () => boolean): Promise<boolean> {
  for (const end = Date.now() + 10_000; Date.now() < end && !hasEnded(); await sleep(10)) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return true
  }
  return false
}
