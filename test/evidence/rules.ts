/** What every activity must pass before anything else looks at it, in a few words, by number. */
export const rules: Readonly<Record<number, string>> = {
  1: 'One megabyte, 32 levels, 10,000 names, no name twice, typed as ActivityStreams',
  2: 'The signature covers target, host, digest and a time',
  3: 'It was signed for our host',
  4: 'It was signed at most twelve hours ago and at most in an hour',
  5: 'The digest is that of the body, computed anew',
  6: 'The key was fetched by us, and its owner’s document lists it',
  7: 'The one actor of the activity owns the key',
  8: 'The activity has an id of its actor’s origin, over https, without a user name in it',
  9: 'An object of another origin is fetched from there',
  10: 'A post has one author: who sends it, on the origin of its id',
  11: 'Undo, Update, Delete, Accept and Reject are about what belongs to their actor',
  12: 'Authority is an HTTP signature, a fetch from the origin or an object proof; a linked-data signature is none',
}
