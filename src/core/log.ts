import pino from 'pino'

/** What is written for operators: one line of JSON per event. */
export type Log = pino.Logger

/** Never in a log: what opens a door, and what people wrote. */
const redact = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers.signature',
  'password',
  'token',
  'email',
  'body',
  '*.password',
  '*.token',
  '*.email',
  '*.body',
]

/**
 * Makes the log of a process.
 * @param level fatal, error, warn, info, debug, trace or silent
 */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    redact: { paths: redact, censor: '[hidden]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  })
}
