/** What forms for getting in complain about, invitations, and the apps that somebody has let in. */
export const entry = {
  fieldProblems: {
    blank: 'Please fill this in.',
    email: 'This is not an e-mail address.',
    emailTaken: 'This address has a login here already.',
    passwordShort: (min: number) => `At least ${min} characters, please.`,
    tooLong: 'This is too long.',
    handle: 'Use letters, digits and _ only, 30 at the most.',
    handleTaken: 'Somebody here has this handle already.',
    other: 'This cannot be used.',
  },
  setupClosed: {
    title: 'All set up',
    text: 'The page for setting up this instance has closed for ever.',
    wrongTitle: 'This link is not the right one',
    wrongText:
      'A link for setting up works once, and a new start of the server makes a new one. Take the address that the server wrote last where it was started.',
  },
  invitation: {
    title: 'You are invited',
    toTeam: (identity: string) =>
      `Join the team of ${identity}. You sign in under your own name and publish as ${identity}.`,
    toInstance: (instance: string) => `Choose how you sign in, and under which name you speak on ${instance}.`,
    name: 'Your name',
    handle: 'Your handle',
    email: 'Your e-mail address',
    password: 'A password',
    submit: 'Accept',
    join: (email: string) => `Join as ${email}`,
    haveLogin: 'Do you have a login here already?',
    signIn: 'Sign in and accept with it',
    notYou: 'Somebody else? Sign out first, then open the link again.',
    alreadyIn: 'This invitation is for a new login, and you are signed in. Sign out first, then open the link again.',
    overTitle: 'This invitation is no longer open',
    overText: 'It was accepted, has expired, or the link was not copied whole. Ask whoever invited you for a new one.',
    roles: {
      owner: 'You will be able to do everything, and to decide who is in the team.',
      admin: 'You will be able to publish, to change the profile, and to decide who is in the team.',
      publisher: 'You will be able to publish, to reply and to follow.',
      contributor: 'You will be able to read along.',
      responder: 'You will be able to reply and to react.',
      analyst: 'You will be able to read along.',
      moderator: 'You will be able to react and to decide about follow requests.',
    },
  },
  apps: {
    title: 'Apps that you have let in',
    lead: 'Each one acts only as the identity that you chose for it. You can end that at any time.',
    none: 'You have let no app in.',
    commandLine: 'Made at the command line',
    actsAs: 'Acts as',
    since: (date: string) => `Since ${date}`,
    lastUsed: (when: string) => `Last used ${when}`,
    neverUsed: 'Not used yet',
    may: 'It may',
    withdraw: 'Withdraw',
    withdrawOf: (app: string, name: string) => `Withdraw ${app} for ${name}`,
    withdrawn: (app: string) => `${app} no longer has access.`,
  },
}

/** The sentences for getting in by invitation and for apps, which every language must have. */
export type EntryMessages = typeof entry
