/**
 * How a media process ended before its job was done:
 * - `crashed`: by a fault in a decoder;
 * - `stopped`: from outside (by hand, by the kernel for want of memory, or with the server);
 * - `too-slow`, `too-much-memory`: by us, since it took too long or too much memory;
 * - `broken`: it could not be started, or answered what it never should.
 */
export type MediaFailure = 'crashed' | 'stopped' | 'too-slow' | 'too-much-memory' | 'broken'

const sentences: Readonly<Record<MediaFailure, string>> = {
  crashed: 'The picture could not be processed: it made the decoder crash',
  stopped: 'The picture is not processed yet: the media process was stopped',
  'too-slow': 'The picture is not processed yet: it took too long',
  'too-much-memory': 'The picture could not be processed: it took too much memory',
  broken: 'The picture is not processed yet: the media process does not work as it should',
}

/**
 * The job is not done, and nothing of it goes on any more. With `isRetryable`, doing it again may help; without, the same
 * picture would fail in the same way.
 */
export class MediaProcessFailed extends Error {
  readonly reason: MediaFailure
  readonly isRetryable: boolean

  constructor(reason: MediaFailure, cause?: unknown) {
    super(sentences[reason], cause === undefined ? undefined : { cause })
    this.reason = reason
    this.isRetryable = reason !== 'crashed' && reason !== 'too-much-memory'
  }
}
