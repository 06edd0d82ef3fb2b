/**
 * Looks things up on other servers while a person waits for the answer. `federation/remote.ts` implements it, so that features need not
 * know how servers talk.
 */
export type Remote = Readonly<{
  /** Finds the actor behind `user@host` by WebFinger and stores it; its id here, or null when there is none. */
  lookupHandle(handle: string): Promise<string | null>
  /** Fetches an address of another server and stores what it is; null when it is neither actor nor post. */
  lookupUrl(url: string): Promise<{ kind: 'actor' | 'post'; id: string } | null>
  /** Reads the document of an actor of another server now, however fresh what we know is; its id here, or null when it cannot be read. */
  refreshActor(iri: string): Promise<string | null>
  /** Reads a post of another server that we have again: the counts of its poll above all. One that does not answer changes nothing. */
  refreshPost(iri: string): Promise<void>
  /** Reads a product of another server again. One that does not answer changes nothing. */
  refreshProduct(iri: string): Promise<void>
  /** Reads which posts an actor of another server shows first. One that does not answer changes nothing. */
  refreshPins(actorId: string): Promise<void>
  /** Reads which hashtags an actor of another server features. One that does not answer changes nothing. */
  refreshFeaturedTags(actorId: string): Promise<void>
}>
