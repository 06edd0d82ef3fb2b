/** Who may answer, in English. */
export const answering = {
  answering: {
    usually: 'Who may answer posts',
    usuallyHint: 'Whom a post names or answers may always answer it. Posts that are there already stay as they are.',
    policies: {
      public: 'Everybody',
      asked: 'Followers and people you follow; others ask you first',
      followers: 'Followers and people you follow',
      named: 'Only who is named',
    },
    waitsFor: (who: string) => `${who} answers your post, and waits for you to let the answer in`,
    asks: 'This answer waits for you. Until you let it in, others do not see it.',
    allow: 'Let the answer in',
    refuse: 'Refuse it',
    revoke: 'Hide the answer from others',
    allowed: 'The answer is shown now.',
    refused: 'The answer is not shown to others.',
    answered: 'This has been decided already.',
    held: 'The author of the post that this answers has not let it in yet. Until then only they, you and those whom you name see it.',
  },
}

/** The same words in another language. */
export type AnsweringMessages = typeof answering
