import { formatIn, pluralize } from '#src/core/i18n.ts'

const number = formatIn('en').number

/** What stands on every page: navigation, footer, small parts, errors. */
export const frame = {
  skip: 'Skip to content',
  nav: {
    label: 'Main',
    home: 'Home',
    notifications: 'Notifications',
    profile: 'Profile',
    create: 'Create',
    requests: 'Follow requests',
    settings: 'Settings',
    signIn: 'Sign in',
    signOut: 'Sign out',
    unread: (count: number) => (count > 99 ? 'more than 99 new' : `${number(count)} new`),
    waiting: (count: number) => pluralize('en', count, { one: '1 waiting', other: `${number(count)} waiting` }),
  },
  identity: {
    menu: (name: string) => `You act as ${name}: open the menu`,
    actingAs: 'You act as',
    others: 'Act as another identity',
    requests: (count: number) => pluralize('en', count, { one: '1 request', other: `${number(count)} requests` }),
  },
  footer: {
    label: 'About this site',
    appearance: 'Appearance',
    system: 'System',
    light: 'Light',
    dark: 'Dark',
    language: 'Language',
    runsOn: 'Runs on Entremise, free software',
    source: 'Source code',
    about: 'About this place',
  },
  actorTypes: {
    Person: 'Person',
    Organization: 'Organisation',
    Group: 'Group',
    Service: 'Automated',
    Application: 'Application',
  },
  pager: { label: 'Pages', newer: 'Newer', older: 'Older' },
  picture: {
    description: 'Description',
    by: (name: string) => `Picture by ${name}`,
    more: (count: number) => pluralize('en', count, { one: '1 picture', other: `${number(count)} pictures` }),
    position: (index: number, total: number) => `Picture ${index} of ${total}`,
    enlarge: 'Open at full size',
    preparing: 'This picture is being prepared',
    sensitive: 'Sensitive picture',
    show: 'Show',
    hide: 'Cover again',
  },
  actions: {
    cancel: 'Cancel',
    copy: 'Copy',
    copied: 'Copied',
    optional: 'optional',
  },
  formProblems: (count: number) =>
    pluralize('en', count, {
      one: 'One thing needs your attention',
      other: `${number(count)} things need your attention`,
    }),
}

/** The sentences of the frame, which every language must have. */
export type FrameMessages = typeof frame
