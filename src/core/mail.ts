import { createTransport } from 'nodemailer'

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
  const transport = createTransport({ url: smtpUrl, connectionTimeout: 10_000, socketTimeout: 20_000 })
  return {
    isConfigured: true,
    send: async ({ to, subject, text, messageId }) => {
      await transport.sendMail({ from, to, subject, text, messageId: `<${messageId}>` })
    },
  }
}
