/** What whole pages say beyond their components. */
export const pages = {
  find: {
    title: 'Find somebody or a post',
    lead: 'Enter the address of a person or an organisation, or the link of a post, wherever it is at home.',
    field: 'Address or link',
    hint: 'Such as @atelier@example.org, or a link that begins with https://',
    submit: 'Find',
    menu: 'Find people and posts',
    nothing: 'Nothing was found under that address. Check it, or try again later if its server does not answer.',
    unreadable: 'That is neither an address such as @name@example.org nor a link that begins with https://.',
  },
  profileViews: { label: 'Views', overview: 'Overview', withReplies: 'With answers' },
  moved: (name: string, address: string) => `${name} has moved and now speaks as ${address}.`,
  thread: {
    before: 'Earlier in the conversation',
    more: 'The conversation goes on: not all answers fit on this page.',
  },
  answer: 'Answer',
  deleted: 'The post is deleted.',
  answerTitle: (name: string) => `Answer to ${name}`,
  tag: {
    lead: 'What is public under this tag.',
    emptyTitle: 'Nothing under this tag',
    emptyText: 'Public posts that use it will appear here.',
  },
  landing: {
    waitingTitle: 'Almost there',
    waitingText:
      'This instance has not been set up yet. Whoever started it finds a link for that in the place where it was started.',
  },
  composeProblems: {
    blank: 'Write something, or choose a picture.',
    tooLong: (max: number) => `That is more than ${max} characters.`,
    tooManyNames: 'That names too many people at once.',
    parentGone: 'The post that you are answering is no longer there. Publish again to say it on your own profile.',
    tooManyPictures: (max: number) => `A post has ${max} pictures at the most; the others were left out.`,
    altTooLong: (max: number) => `A description has ${max} characters at the most.`,
    pictureGone: 'One of the pictures is no longer there.',
    waiting: 'The pictures are still being prepared. Publish again in a moment; you need not choose them anew.',
    empty: (file: string) => `${file} is empty.`,
    tooLarge: (file: string, megabytes: number) => `${file} is larger than ${megabytes} MB.`,
    refused: {
      'not-an-image': (file: string) => `${file} is not a picture. JPEG, PNG, WebP, AVIF, GIF and HEIC can be read.`,
      type: (file: string) =>
        `${file} is a kind of picture that cannot be read. JPEG, PNG, WebP, AVIF, GIF and HEIC can.`,
      'too-many-pixels': (file: string) =>
        `${file} has too many pixels: 40 megapixels at the most, all frames together.`,
      unreadable: (file: string) => `${file} is damaged or incomplete and cannot be read.`,
    },
    unusable: (file: string) =>
      `${file} cannot be used: choose a picture of 16 MB at the most. JPEG, PNG, WebP, AVIF, GIF and HEIC can be read.`,
    refusedOther: (file: string) => `${file} could not be prepared. Choose it once more, or take another.`,
    /** Stands for the name of a file in the sentences above; the other one where the name is no longer known. */
    named: (file: string) => `“${file}”`,
    unnamed: 'One of the pictures',
    language: 'Choose a language from the list.',
  },
  settingsNav: {
    label: 'Settings',
    profile: 'Profile',
    login: 'Signing in',
    apps: 'Apps',
  },
  profileSettings: {
    avatarAlt: 'What the profile picture shows',
    headerAlt: 'What the header shows',
    altHint: 'For people who cannot see it.',
    removeAvatar: 'Remove the profile picture',
    removeHeader: 'Remove the header',
    posting: 'New posts',
    audience: 'Usual audience',
    audienceHint: 'It can be chosen for each post; here is what is chosen at first.',
    language: 'Usual language',
    languageOfPage: 'That of the page',
    sensitive: 'Cover pictures at first',
    sensitiveHint: 'For identities whose pictures not everybody wants to meet unasked.',
    unnamed: 'Each detail needs a label.',
    preparing: 'Saved. The new picture appears as soon as it is ready.',
  },
  loginSettings: {
    title: 'Signing in',
    lead: (email: string) => `You sign in as ${email}.`,
    password: 'Change the password',
    current: 'Present password',
    next: 'New password',
    submit: 'Change the password',
    wrong: 'That is not the present password.',
    changed: 'The password is changed. Every other browser has been signed out.',
    sessions: 'Where you are signed in',
    thisOne: 'This browser',
    unknownBrowser: 'An unknown browser',
    browserOn: (browser: string, system: string) => `${browser} on ${system}`,
    since: (date: string) => `Since ${date}`,
    lastSeen: (when: string) => `last used ${when}`,
    end: 'Sign out',
    endOf: (browser: string) => `Sign out ${browser}`,
    endOthers: 'Sign out everywhere else',
    ended: 'Signed out there.',
  },
}

/** The sentences of whole pages, which every language must have. */
export type PageMessages = typeof pages
