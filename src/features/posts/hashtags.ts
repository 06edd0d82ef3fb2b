/** A hashtag: `name` for finding it, `label` as it was written. */
export type Hashtag = Readonly<{ name: string; label: string }>

/** Letters that Unicode does not take apart into a base and a mark, and that people type without the difference. */
const ligatures: Readonly<Record<string, string>> = { œ: 'oe', æ: 'ae', ø: 'o', ß: 'ss', ł: 'l', đ: 'd' }

/**
 * The name under which a hashtag is found: #Élan, #élan and #ELAN are one. Only Latin letters lose their marks; in other scripts
 * a mark makes another letter.
 */
export function foldHashtag(label: string): string {
  return label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/(?<=\p{Script=Latin}\p{Mn}*)\p{Mn}/gu, '')
    .replace(/[œæøßłđ]/g, (letter) => ligatures[letter] ?? letter)
    .normalize('NFC')
}

/** The hashtags of a list of spellings, each once, under the spelling that comes first. */
export function toHashtags(labels: readonly string[]): Hashtag[] {
  const byName = new Map<string, Hashtag>()
  for (const label of labels) {
    const name = foldHashtag(label)
    if (name !== '' && !byName.has(name)) byName.set(name, { name, label })
  }
  return [...byName.values()]
}
