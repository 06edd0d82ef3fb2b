const sentences = {
  'not-an-image': 'This file is not a picture. JPEG, PNG, WebP, AVIF, GIF and HEIC can be sent',
  type: 'This kind of picture is not accepted. JPEG, PNG, WebP, AVIF, GIF and HEIC can be sent',
  'too-many-pixels': 'This picture is too large: 40 megapixels is the limit, all frames of an animation together',
  'too-long': 'This picture is too long: 65,535 pixels is the limit for a side',
  unreadable: 'This picture is damaged or incomplete and cannot be read',
} as const

/** Why a picture was refused; a page translates the code, a client is shown the sentence. */
export type RefusalCode = keyof typeof sentences

/** Tells whether a word that came from another process is a `RefusalCode`. */
export function isRefusalCode(word: string): word is RefusalCode {
  return Object.hasOwn(sentences, word)
}

/** The code behind a sentence that was kept, so that a page can say it in another language; null for any other sentence. */
export function readRefusal(sentence: string): RefusalCode | null {
  const codes = Object.keys(sentences).filter(isRefusalCode)
  return codes.find((code) => sentences[code] === sentence) ?? null
}

/** The picture cannot be used, and trying again will not help. `message` is a sentence for the person who sent it. */
export class ImageRefused extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, cause?: unknown) {
    super(sentences[code], cause === undefined ? undefined : { cause })
    this.code = code
  }
}
