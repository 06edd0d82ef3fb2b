import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Log } from '#src/core/log.ts'

/**
 * What is written before the command of a process so that it has no network: a program that takes it away and becomes the command, and its
 * options. Nothing where the system does not allow it.
 */
export type Wall = readonly string[]

/** Of util-linux. By its full path: the process is given no PATH to look it up in. The last is where NixOS has it. */
const programs = ['/usr/bin/unshare', '/bin/unshare', '/run/current-system/sw/bin/unshare']

/** It takes some 10 ms. Who does not answer for so long is no wall. */
const probeMs = 10_000

/**
 * A namespace of the network belongs to one of users, in which alone anybody may make it; ours keeps user and group as they are, and gives no rights.
 * Root needs none, and in one would lose its right to read files of others, such as the data of whoever mounted them.
 * @see https://man7.org/linux/man-pages/man1/unshare.1.html
 */
function usualWall(): Wall {
  const program = programs.find((path) => existsSync(path))
  if (process.platform !== 'linux' || program === undefined) return []
  return process.getuid?.() === 0 ? [program, '--net'] : [program, '--user', '--map-current-user', '--net']
}

let found: Promise<Wall> | undefined

/** Finds out, once for this process, whether others can be started without a network, and says in the log if not. Never throws. */
export function findWall(log: Log): Promise<Wall> {
  found ??= probeWall(usualWall(), log)
  return found
}

/** Tries a wall out: many containers, hardened kernels and limits of a service forbid it. Answers with it, or with none. */
export async function probeWall(wall: Wall, log: Log): Promise<Wall> {
  const [program, ...options] = wall
  try {
    if (program === undefined) throw new Error('There is no program for it')
    // Itself, since nothing else is known to be there.
    await promisify(execFile)(program, [...options, program, '--version'], { env: {}, timeout: probeMs })
    return wall
  } catch (error) {
    log.info(
      { reason: error instanceof Error ? error.message : String(error) },
      'pictures are decoded in a process that has a network: this system does not allow to take it away',
    )
    return []
  }
}
