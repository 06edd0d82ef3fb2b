import { writeFileSync } from 'node:fs'
import { checklistPage, reliabilityPage, securityPage } from './pages.ts'

writeFileSync(new URL('../../docs/security.md', import.meta.url), securityPage())
writeFileSync(new URL('../../docs/federation-checklist.md', import.meta.url), checklistPage())
writeFileSync(new URL('../../docs/reliability.md', import.meta.url), reliabilityPage())
