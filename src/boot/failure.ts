/** A start that cannot go on for a reason outside the program. The message is one sentence that says what to do. */
export class BootError extends Error {}

/** The name by which the system or a library tells an error, such as `EADDRINUSE`, or '' when there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
