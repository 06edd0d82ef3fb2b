/** The first line of what a device shows. */
export const pushes = {
  titles: {
    mention: (name: string) => `${name} mentioned you`,
    status: (name: string) => `${name} has posted`,
    reblog: (name: string) => `${name} boosted your post`,
    follow: (name: string) => `${name} follows you`,
    follow_request: (name: string) => `${name} asks to follow you`,
    favourite: (name: string) => `${name} likes your post`,
    update: (name: string) => `${name} edited a post that you boosted`,
    poll: (name: string) => `A poll by ${name} has ended`,
    quote: (name: string) => `${name} quotes your post`,
    quoted_update: (name: string) => `${name} edited a post that you quoted`,
    'admin.sign_up': (name: string) => `${name} has joined this server`,
    'admin.report': (name: string) => `${name} reports somebody to you`,
  },
}

/** The words for devices, which every language must have. */
export type PushMessages = typeof pushes
