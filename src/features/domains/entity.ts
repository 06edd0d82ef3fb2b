import { createHash } from 'node:crypto'
import type { Severity } from '#src/db/severities.ts'
import { wordOf } from './csv.ts'
import type { Allowed, Domain } from './queries.ts'

/** By it others can tell whether a name that they know is meant, where it is not written out. */
export const digestOf = (host: string) => createHash('sha256').update(host).digest('hex')

/** @see https://docs.joinmastodon.org/entities/Admin_DomainBlock/ */
export type DomainBlockEntity = Readonly<{
  id: string
  domain: string
  digest: string
  created_at: string
  severity: string
  reject_media: boolean
  reject_reports: boolean
  private_comment: string | null
  public_comment: string | null
  obfuscate: boolean
}>

/** What was decided about a server as administrators' programs read it. */
export function toDomainBlock(domain: Domain): DomainBlockEntity {
  return {
    id: domain.id,
    domain: domain.host,
    digest: digestOf(domain.host),
    created_at: domain.createdAt.toISOString(),
    severity: wordOf(domain.severity satisfies Severity),
    reject_media: domain.rejectsMedia,
    reject_reports: domain.rejectsReports,
    private_comment: domain.privateComment || null,
    public_comment: domain.reason || null,
    obfuscate: domain.isObfuscated,
  }
}

/** A server that is allowed. @see https://docs.joinmastodon.org/entities/Admin_DomainAllow/ */
export function toDomainAllow({ id, host, createdAt }: Allowed) {
  return { id, domain: host, created_at: createdAt.toISOString() }
}
