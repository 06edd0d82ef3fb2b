import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('./lifecycle-process.ts', import.meta.url))

function start(fault = '') {
  const child = spawn(process.execPath, [program, fault], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  const exit = once(child, 'close')
  const says = async (words: string) => {
    while (!output.includes(words)) await once(child.stdout, 'data')
  }
  const end = async () => ({ code: (await exit)[0], said: output.trim().split('\n') })
  return { child, says, end }
}

describe('a process of Entremise', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'closes on %s what it has opened, last opened first',
    async (signal) => {
      const { child, says, end } = start()
      await says('ready')
      child.kill(signal)
      expect(await end()).toEqual({ code: 0, said: ['opening second', 'ready', 'closing second', 'closed first'] })
    },
  )

  it('finishes the step under way, undoes it and begins no other when it is interrupted', async () => {
    const { child, says, end } = start('slow')
    await says('opening second')
    child.kill('SIGINT')
    expect(await end()).toEqual({ code: 0, said: ['opening second', 'closing second', 'closed first'] })
  })

  it('goes on closing when something cannot be closed, says so and ends with code 1', async () => {
    const { child, says, end } = start('throw')
    await says('ready')
    child.kill('SIGINT')
    const said = ['opening second', 'ready', 'closing second', 'Something could not be closed. stuck', 'closed first']
    expect(await end()).toEqual({ code: 1, said })
  })

  it('takes two signals at once for one wish, as npm passes on what the terminal has sent already', async () => {
    const { child, says, end } = start('hang')
    await says('ready')
    child.kill('SIGINT')
    await says('closing second')
    child.kill('SIGINT')
    child.kill('SIGTERM')
    expect(await Promise.race([end(), sleep(300, 'goes on')])).toBe('goes on')
    child.kill('SIGKILL')
    await end()
  })

  it('ends at once on a second Ctrl-C, and leaves nothing running behind it', async () => {
    const { child, says, end } = start('hang')
    await says('ready')
    child.kill('SIGINT')
    await says('closing second')
    // The wish is a second one from here on.
    const again = setInterval(() => child.kill('SIGINT'), 200)
    expect(await end()).toEqual({ code: 1, said: ['opening second', 'ready', 'closing second', 'abandoned first'] })
    clearInterval(again)
  })

  it('closes everything when a bug surfaces, and ends with code 1', async () => {
    const { end } = start('bug')
    const sentence = 'Something happened that should not; everything is being closed. a bug'
    expect(await end()).toEqual({
      code: 1,
      said: ['opening second', 'ready', sentence, 'closing second', 'closed first'],
    })
  })

  it('closes everything when its start has failed, and ends with code 1', async () => {
    const { end } = start('failed')
    expect(await end()).toEqual({ code: 1, said: ['opening second', 'ready', 'closing second', 'closed first'] })
  })
})
