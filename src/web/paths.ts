/** Where the pages of the frame are: what the navigation links to and its forms post to. */
export const paths = {
  home: '/',
  login: '/login',
  logout: '/logout',
  compose: '/compose',
  requests: '/follow-requests',
  settings: '/settings/profile',
  /** POST `actor` (an id) and `next`: acts as another identity from now on. */
  identity: '/identity',
  /** POST `theme` or `locale`, and `next`: how this browser wants to see the pages. */
  preferences: '/preferences',
} as const
