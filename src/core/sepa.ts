/** Who is paid by a transfer, and what for. `amount` in cents of euros. */
export type Transfer = Readonly<{ holder: string; iban: string; bic: string; amount: number; reference: string }>

/** An IBAN as machines write it: without spaces, in capitals. */
export function plainIban(text: string): string {
  return text.replaceAll(/[\s-]/g, '').toUpperCase()
}

/** Whether a text is an IBAN whose check digits fit. @see ISO 13616, ISO 7064 (MOD 97-10) */
export function isIban(text: string): boolean {
  const iban = plainIban(text)
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false
  let rest = 0
  for (const sign of iban.slice(4) + iban.slice(0, 4)) {
    const value = /\d/.test(sign) ? sign : String(sign.charCodeAt(0) - 55)
    for (const digit of value) rest = (rest * 10 + Number(digit)) % 97
  }
  return rest === 1
}

/** Whether a text has the form of a BIC. @see ISO 9362 */
export function isBic(text: string): boolean {
  return /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(text)
}

/** An IBAN as people read it, in fours. */
export function shownIban(iban: string): string {
  return plainIban(iban).replaceAll(/(.{4})(?=.)/g, '$1 ')
}

/**
 * What the code on an invoice says, from which banking apps fill in a transfer. Characters for which there is no room are cut.
 * @see EPC069-12, version 002
 */
export function epcText({ holder, iban, bic, amount, reference }: Transfer): string {
  const euros = `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`
  const lines = ['BCD', '002', '1', 'SCT', bic, line(holder, 70, 140), plainIban(iban), `EUR${euros}`, '', '']
  return [...lines, line(reference, 140, 110)].join('\n')
}

/** The code has room for 331 bytes in all: letters beyond the Latin ones take more of it. */
function line(text: string, mostCharacters: number, mostBytes: number): string {
  let kept = ''
  for (const sign of [...text.replaceAll(/[\r\n]+/g, ' ')].slice(0, mostCharacters)) {
    if (Buffer.byteLength(kept + sign) > mostBytes) break
    kept += sign
  }
  return kept
}
