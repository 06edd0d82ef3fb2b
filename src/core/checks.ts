import { type FieldProblem, invalid, Problem } from '#src/errors.ts'

/**
 * Waits for checks that are independent of each other and, when several find something wrong, reports it all at once: nobody wants to
 * correct a form one field at a time.
 * @throws Problem `invalid` with the details of all; any other error as it is
 */
export async function allValid<T extends readonly Promise<unknown>[]>(
  ...checks: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(checks)
  const reasons = settled.flatMap((check) => (check.status === 'rejected' ? [check.reason as unknown] : []))
  const other = reasons.find((reason) => !(reason instanceof Problem && reason.details))
  if (other !== undefined) throw other
  if (reasons.length === 0) return (await Promise.all(checks)) as { -readonly [K in keyof T]: Awaited<T[K]> }
  const found = reasons.filter((reason) => reason instanceof Problem)
  const details: Record<string, readonly FieldProblem[]> = Object.assign({}, ...found.map((problem) => problem.details))
  throw invalid(found.map((problem) => problem.message).join('. '), details)
}
