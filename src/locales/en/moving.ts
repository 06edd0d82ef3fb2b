/** About accounts that move. */
export const moving = {
  moving: {
    title: 'Moving',
    lead: (name: string) => `Whether another account may become ${name}, and how ${name} moves elsewhere.`,
    aliases: 'Former accounts',
    aliasesText:
      'Name an account here before it moves to this identity: its server then lets its followers come along. What you name is public.',
    aliasesWarning:
      'Only for accounts that are truly given up for this one. Never name the brand of a company, or the company of a brand: either could then take the other’s followers.',
    alias: 'Address of the former account',
    aliasHint: 'Such as @atelier@example.org, or the link of its profile',
    add: 'Name this account',
    remove: 'Remove',
    removeOf: (address: string) => `Remove ${address}`,
    aliasAdded: (address: string) => `${address} may now move here.`,
    aliasRemoved: 'That account is no longer named.',
    out: 'Move to another account',
    outText:
      'For when this identity goes on under another address. Name this one there first, among its former accounts.',
    consequences: [
      'Followers everywhere are told, and most servers have them follow the new account. It decides about each as it always does.',
      'This identity points to the new account, and neither posts nor follows any more. What it said stays where it is.',
      'You can take that back and speak here again, but those who have left do not come back by themselves.',
      'It can move again only after thirty days.',
    ],
    outWarning:
      'A company and its brand, or two brands, are not one account that moves: their followers have chosen one of them.',
    target: 'Address of the new account',
    targetHint: 'Such as @atelier@example.org, or the link of its profile',
    password: 'Your password',
    sure: 'I have read what follows from this',
    submit: 'Move for good',
    moved: (address: string) => `Moved to ${address}. Followers are being told.`,
    wrongPassword: 'That is not your password.',
    notSure: 'Say that you have read what follows from this.',
    away: 'This identity has moved',
    awayText: (address: string) => `It points to ${address}, and neither posts nor follows.`,
    back: 'Take the redirection back',
    backHint: 'It can speak again afterwards. Followers who have left do not come back by themselves.',
    returned: 'This identity points nowhere any more and can speak again.',
    problems: {
      absent: 'No account was found there. Write an address such as @name@example.org, or the link of a profile.',
      itself: 'That is this identity itself.',
      onward: 'That account has moved itself. Write where it has gone.',
      unaware:
        'That account does not name this one yet. Add it there among the former accounts (aliases), then try again.',
      tooMany: (count: number) => `${count} accounts can be named at the most.`,
      again: (date: string) => `This identity has moved less than thirty days ago. It can move again from ${date}.`,
    },
  },
}

/** The sentences about moving, which every language must have. */
export type MovingMessages = typeof moving
