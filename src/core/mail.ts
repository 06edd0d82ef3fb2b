/** One message in plain text. */
export type Mail = Readonly<{ to: string; subject: string; text: string; messageId: string }>

/** Hands mail in. `isConfigured` is false when the instance has no mail server: then offer a link to copy. */
export type Mailer = Readonly<{ isConfigured: boolean; send(mail: Mail): Promise<void> }>

/**
 * @param smtpUrl where mail is handed in; undefined: `send` throws
 * @param from the sender's address
 */
export function createMailer(smtpUrl: string | undefined, from: string): Mailer {
  if (!smtpUrl) {
    return { isConfigured: false, send: () => Promise.reject(new Error('no mail server is set (SMTP_URL)')) }
  }
  let transport: ReturnType<typeof openTransport> | undefined
  return {
    isConfigured: true,
    send: async ({ to, subject, text, messageId }) => {
      transport ??= openTransport(smtpUrl)
      await (await transport).sendMail({ from, to, subject, text, messageId: `<${messageId}>` })
    },
  }
}

/** With the first mail: a process that sends none is 6 MB smaller. */
async function openTransport(url: string) {
  const { createTransport } = await import('nodemailer')
  return createTransport({ url, connectionTimeout: 10_000, socketTimeout: 20_000 })
}
