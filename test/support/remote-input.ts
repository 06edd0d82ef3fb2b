import type { RemoteActorInput } from '#src/features/actors/service.ts'
import { uniqueName } from './make.ts'

/** What the document of a remote actor says, as a test needs it. */
export const remoteInput = (values: Partial<RemoteActorInput> = {}): RemoteActorInput => {
  const handle = values.handle ?? uniqueName('far')
  const iri = values.iri ?? `https://far.example/users/${handle}`
  return {
    type: 'Person',
    host: 'Far.example',
    isHandleConfirmed: true,
    name: 'Anna',
    summary: '<p>Hello</p>',
    url: `https://far.example/@${handle}`,
    inbox: `${iri}/inbox`,
    sharedInbox: 'https://far.example/inbox',
    outbox: `${iri}/outbox`,
    followers: `${iri}/followers`,
    following: `${iri}/following`,
    featured: null,
    featuredTags: null,
    publicKeyId: `${iri}#main-key`,
    publicKeyPem: 'PEM',
    furtherKeys: [],
    assertionKeys: [],
    isLocked: true,
    isDiscoverable: true,
    isIndexable: true,
    avatarUrl: 'https://cdn.far.example/a.png',
    headerUrl: null,
    fields: [{ name: 'Site', value: 'x' }],
    emojis: [],
    alsoKnownAs: [],
    attributionDomains: [],
    movedTo: null,
    publishedAt: new Date('2020-01-01T00:00:00.000Z'),
    isSuspended: false,
    ...values,
    handle,
    iri,
  }
}
