import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One message in plain text. */
export type Mail = Readonly<{ to: string; subject: string; text: string; messageId: string }>

/**
 * Hands mail in. `isConfigured` is false when the instance has no mail server: then offer a link to copy, and what is sent all the same is
 * kept in a folder for the operator, until `prune` throws away what is older than a moment.
 */
export type Mailer = Readonly<{
  isConfigured: boolean
  send(mail: Mail): Promise<void>
  prune(before: Date): Promise<void>
}>

/**
 * @param smtpUrl where mail is handed in; undefined: `send` writes a file for each
 * @param from the sender's address
 * @param folder where those files are
 */
export function createMailer(smtpUrl: string | undefined, from: string, folder: string): Mailer {
  // With a mail server too: it may have come later than the mail that is kept.
  const prune = (before: Date) => throwAway(folder, before)
  if (!smtpUrl) return { isConfigured: false, send: (mail) => keep(folder, from, mail), prune }
  let transport: ReturnType<typeof openTransport> | undefined
  return {
    isConfigured: true,
    prune,
    send: async ({ to, subject, text, messageId }) => {
      transport ??= openTransport(smtpUrl)
      await (await transport).sendMail({ from, to, subject, text, messageId: `<${messageId}>` })
    },
  }
}

/** Sent twice it is one file. Only the operator's account may read it: it is about people. */
async function keep(folder: string, from: string, { to, subject, text, messageId }: Mail): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = `${messageId.replaceAll(/[^A-Za-z0-9@._-]/g, '_')}.txt`
  const line = (value: string) => value.replaceAll(/[\r\n]+/g, ' ')
  const head = [`From: ${line(from)}`, `To: ${line(to)}`, `Subject: ${line(subject)}`, `Message-ID: <${messageId}>`]
  await writeFile(join(folder, name), `${head.join('\n')}\n\n${text}\n`, { mode: 0o600 })
}

async function throwAway(folder: string, before: Date): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  for (const path of names.map((name) => join(folder, name))) {
    // Another process may throw it away at the same time.
    const { mtime } = (await lstat(path).catch(() => null)) ?? {}
    if (mtime && mtime <= before) await rm(path, { force: true })
  }
}

/** With the first mail: a process that sends none is 6 MB smaller. */
async function openTransport(url: string) {
  const { createTransport } = await import('nodemailer')
  return createTransport({ url, connectionTimeout: 10_000, socketTimeout: 20_000 })
}
