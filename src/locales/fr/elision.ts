const vowel = '[aeiouàâäéèêëîïôöùûü]'

// « d’Yves », but « de Yann »: a y counts as a vowel before a consonant. An h is left alone: only the ear knows which one is mute.
const elided = new RegExp(`^(?:${vowel}|y(?!${vowel}))`, 'i')

/** « de Maison Dupont », « d’Atelier Nord »: the preposition with its elision before a name. */
export function de(name: string): string {
  return elided.test(name) ? `d’${name}` : `de ${name}`
}

/** « que Maison Dupont », « qu’Atelier Nord ». */
export function que(name: string): string {
  return elided.test(name) ? `qu’${name}` : `que ${name}`
}
