import { encode } from 'uqr'

/**
 * The squares of a code that cameras read, without a border, row by row; true is dark. A transfer has to have error correction M and no more
 * than version 13, which is room for 331 bytes.
 * @see ISO/IEC 18004, EPC069-12
 * @throws when the text is longer
 */
export function drawCode(text: string): boolean[][] {
  return encode(text, { ecc: 'M', boostEcc: false, maxVersion: 13, border: 0 }).data
}
