import { envExample } from '#src/config.ts'
import type { Command } from './command.ts'

/** `config example`: the text of .env.example. */
export const configExampleCommand: Command = {
  name: 'config example',
  usage: 'config example',
  about: 'Prints every setting with its meaning and default.',
  options: {},
  needs: 'nothing',
  run: () => {
    const text = envExample()
    return { data: { text }, text: text.trimEnd() }
  },
}
