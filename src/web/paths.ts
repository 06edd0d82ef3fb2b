/** Where the pages of the frame are: what the navigation links to and its forms post to. */
export const paths = {
  home: '/',
  login: '/login',
  /** Asking for a new password, and, with a token, choosing one. */
  forgotten: '/login/forgotten',
  reset: '/login/reset',
  logout: '/logout',
  /** Where one makes an account, as long as that is offered. */
  signUp: '/signup',
  /** What somebody who has registered waits for. */
  signUpWaiting: '/signup/waiting',
  /** The link in the mail, with its token behind it. */
  signUpConfirm: '/signup/confirm',
  compose: '/compose',
  /** What an identity was told, and below it who waits to be let through. */
  notifications: '/notifications',
  heldBack: '/notifications/requests',
  requests: '/requests',
  /** What everybody here says to everybody; with `from=everywhere`, everybody elsewhere too. */
  public: '/public',
  /** GET `q`: people, posts and hashtags. */
  search: '/search',
  lists: '/lists',
  bookmarks: '/bookmarks',
  favourites: '/favourites',
  conversations: '/conversations',
  /** GET `account` (an id) and `post`: the form by which somebody is reported. */
  report: '/report',
  /** The reports that came, and below it each of them, for administrators. */
  reports: '/reports',
  /** What administrators decide about other servers, with lists of them, and the only ones that are spoken with. */
  servers: '/servers',
  serverImport: '/servers/import',
  serverLists: '/servers/lists',
  serversAllowed: '/servers/allowed',
  /** The relays to which the instance has turned, for administrators. */
  relays: '/servers/relays',
  /** GET `domain`: what a block of a server would take away, and the form for a decision about it. */
  server: '/servers/decision',
  /** Work that was given up, for administrators. */
  jobs: '/jobs',
  /** What this instance is, for those who see their home in its place. */
  about: '/about',
  /** The source of the program, as an archive. */
  source: '/source.tar.gz',
  /** What is to be published later, and below it what can be done about each. */
  scheduled: '/scheduled',
  /** The groups that are kept here, and below it each of them by its handle. */
  groups: '/groups',
  groupNew: '/groups/new',
  /** What an identity sells, how, and to whom. */
  products: '/products',
  productNew: '/products/new',
  productImport: '/products/import',
  productExport: '/products/export.csv',
  shop: '/products/shop',
  orders: '/orders',
  purchases: '/orders/mine',
  settings: '/settings/profile',
  /** The e-mail address and password with which one signs in, and where one is signed in. */
  settingsLogin: '/settings/login',
  settingsApps: '/settings/apps',
  settingsFilters: '/settings/filters',
  settingsMuted: '/settings/muted',
  settingsBlocked: '/settings/blocked',
  /** By whom an identity wants to be told things. */
  settingsNotifications: '/settings/notifications',
  /** Former accounts of an identity, its move to another account, and the way back. */
  settingsMove: '/settings/move',
  /** GET `uri`: shows the person or post behind an address, of another server too. Other servers send their people here. */
  interaction: '/authorize_interaction',
  /** POST `actor` (an id) and `next`: acts as another identity from now on. */
  identity: '/identity',
  /** POST `theme` or `locale`, and `next`: how this browser wants to see the pages. */
  preferences: '/preferences',
} as const

/** The page of an actor, from what stood behind the @ of an address: `handle` or `handle@host`. */
export function profilePath(handle: string): string {
  return `/@${encodeURIComponent(handle).replaceAll('%40', '@')}`
}

/** The page of a group that is kept here. */
export function groupPath(handle: string): string {
  return `${paths.groups}/${encodeURIComponent(handle)}`
}
