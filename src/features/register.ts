import type { Ctx } from '#src/context.ts'
import type { App } from '#src/http/zod.ts'

/** Adds the routes and pages of every feature, in the order in which features stand on each other. */
export async function registerFeatures(_app: App, _ctx: Ctx): Promise<void> {}
