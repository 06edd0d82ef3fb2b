/** A title and what a person can do about it, by HTTP status. */
export const errors = {
  401: { title: 'Please sign in first', text: 'This page is for people who have signed in.' },
  403: {
    title: 'This is not open to you',
    text: 'You may not see or do this. If you think that you should, ask the people who run this server.',
  },
  /** 403 for somebody who has signed in and acts as nobody yet. */
  nobody: {
    title: 'You speak as nobody yet',
    text: 'You have signed in, but you belong to no team. Ask an owner to invite you, then come back here.',
  },
  404: {
    title: 'There is nothing here',
    text: 'The page has moved, was never here, or is meant for other eyes. Check the address, or start again from the front page.',
  },
  409: {
    title: 'Somebody was faster',
    text: 'This has changed since you opened it. Go back, look at it afresh and decide again.',
  },
  410: { title: 'This has been taken down', text: 'Whoever published it has deleted it, and we have kept no copy.' },
  413: { title: 'That is too large', text: 'Choose smaller files, or fewer at a time, and send them again.' },
  422: {
    title: 'We could not use that',
    text: 'Something in what you sent is not right. Go back, look it over and send it again.',
  },
  429: {
    title: 'A little slower, please',
    text: 'There have been many attempts in a short time. Wait a few minutes and try again.',
  },
  500: {
    title: 'Something broke on our side',
    text: 'You did nothing wrong, and it has been noted. Try again in a moment; if it stays, give the reference below to the people who run this server.',
  },
  503: {
    title: 'Back in a moment',
    text: 'The server is starting, or waits for something that it needs. Nothing is lost: try again shortly.',
  },
  507: {
    title: 'There is no room left',
    text: 'The disk of this server is full. Please tell the people who run it; nothing that was here is lost.',
  },
  /** Instead of what the status says, where more is known. */
  reasons: {
    role: {
      title: 'Your role does not allow this',
      text: 'Your role in this team does not go that far. Ask an owner or an admin of the team.',
    },
    app: {
      title: 'This app is not known here',
      text: 'The link that brought you here names an app that this server does not know. Start again from the app.',
    },
    appAddress: {
      title: 'This app asks to be answered elsewhere',
      text: 'It wants the answer at an address that it never told this server. Nothing was sent; start again from the app.',
    },
    moved: {
      title: 'This account has moved',
      text: 'It cannot be followed here any more. Its profile says where to find it now.',
    },
    away: {
      title: 'This identity has moved',
      text: 'As long as it points to another account it neither posts nor follows. An owner of its team can take that back in the settings, under “Moving”.',
    },
    otherSite: {
      title: 'This did not come from here',
      text: 'The form was sent from another site, and nothing was done. Open the page here and send it again.',
    },
  },
  reference: 'Reference',
  home: 'Go to the front page',
}

/** The sentences of the error pages, which every language must have. */
export type ErrorMessages = typeof errors
