import type { Viewer } from '#src/context.ts'
import { createLocalActor } from '#src/features/actors/service.ts'
import { createToken } from '#src/features/oauth/service.ts'
import { createPost } from '#src/features/posts/create.ts'
import { createUser } from '#src/features/users/service.ts'
import type { Stage } from './stage.ts'

/** Somebody who lives on the instance. */
export type Resident = Readonly<{ viewer: Viewer; handle: string; iri: string; token: string }>

/** Makes a login with an actor that anybody may follow, and a token. */
export async function makeResident(
  { ctx }: Pick<Stage, 'ctx'>,
  handle: string,
  type: 'Person' | 'Organization',
): Promise<Resident> {
  const user = await createUser(ctx, { email: `${handle}@bench.example`, password: 'a password of the bench' })
  const actor = await createLocalActor(ctx, { handle, type, isOpen: true, ownerUserId: user.id })
  const scopes = ['read', 'write', 'follow', 'push']
  const { token } = await createToken(ctx, { userId: user.id, actorId: actor.id, scopes, appId: null })
  const viewer = { userId: user.id, actorId: actor.id, role: 'owner', scopes, appId: null } as const
  return { viewer, handle, iri: ctx.uris.actor(handle), token }
}

/** Publishes plain posts; their ids here. */
export async function publish({ ctx }: Stage, resident: Resident, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++)
    ids.push(
      await createPost(ctx, resident.viewer, {
        text: `Post ${n} of the bench, two plain sentences. This is the second.`,
        language: 'en',
      }),
    )
  return ids
}
