/** Making an account of one's own. */
export const registrations = {
  signUp: {
    title: (instance: string) => `Join ${instance}`,
    lead: 'You need a handle, by which others find you, and an address to which we send one link.',
    approvalLead: 'Those who run this place read every request. They need a few words about who you are.',
    handle: 'Your handle',
    reason: 'Why do you want to join?',
    reasonHint: 'Only those who run this server read it.',
    rules: 'The rules here',
    terms: 'Terms of service',
    agree: 'I agree to the rules and terms of this server',
    agreeNeeded: 'Without agreeing to them you cannot join.',
    submit: 'Create account',
    approvalSubmit: 'Ask to join',
    haveLogin: 'Do you have a login here already?',
    signIn: 'Sign in',
    offer: 'Create an account',
    noLogin: 'No login here yet?',
    closedTitle: 'People join by invitation',
    closedText: 'You cannot make an account here by yourself. Ask somebody who is here for an invitation.',
  },
  signUpWaiting: {
    confirmTitle: 'Check your mail',
    confirmText: (email: string) =>
      `A message is on its way to ${email}. Open the link in it within two days: until then nobody can find you here.`,
    notThere: 'Nothing there? Look in your junk mail, too. You can have it sent once more, or to another address.',
    email: 'E-mail address',
    again: 'Send it again',
    sent: 'The message is on its way.',
    approvalTitle: 'Your request is being read',
    approvalText: (email: string) =>
      `Your address is confirmed. Those who run this server decide now, and ${email} gets a message when you are let in.`,
    handle: (handle: string) => `Until then the handle ${handle} is kept for you.`,
  },
  signUpConfirm: {
    title: 'One last step',
    text: (email: string, handle: string) => `Is ${email} your address, and do you want to be ${handle}?`,
    submit: 'Yes, confirm',
    notYou: 'Was this not you? Close the page: nothing happens without you.',
    done: 'Your address is confirmed. You can sign in now, here and in your app.',
    overTitle: 'This link is no longer good',
    overText:
      'It was used, has expired, or a newer message was sent. If you have confirmed your address already, just sign in. If not, sign in as well: you can have a new link sent.',
    taken:
      'Meanwhile this address or handle belongs to somebody here. If it is you, sign in; if not, join with another one.',
  },
}

/** The sentences for making an account, which every language must have. */
export type RegistrationMessages = typeof registrations
