import type postgres from 'postgres'

/** A statement with more values than this is a batch or a list, whose text is another one for every length. */
const mostValues = 32

/**
 * A page of a list is planned for the one whose list it is. A plan for nobody in particular takes lists to be short: it reads all of it, asks
 * of each line who may see it, and sorts.
 */
const isPage = / limit \$\d/

/** What runs statements: the client, or a transaction of it. */
type Runner = object & Partial<Record<'unsafe' | 'begin' | 'savepoint', (...args: never[]) => unknown>>

/**
 * Lets PostgreSQL keep the plans of small statements, in transactions too. The program says the same few hundred sentences all day; planning
 * one that asks who may see something costs more than running it.
 */
export function keepPlans<Client extends postgres.Sql>(client: Client): Client {
  return withPlans(client as unknown as Runner) as unknown as Client
}

function withPlans(runner: Runner): Runner {
  return new Proxy(runner, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name === 'unsafe') return unsafeWithPlan(value.bind(target))
      if (name === 'begin' || name === 'savepoint') return (...args: unknown[]) => value.apply(target, args.map(inside))
      return value
    },
  })
}

/** The work of a transaction gets a runner that keeps plans as well. */
function inside(argument: unknown): unknown {
  if (typeof argument !== 'function') return argument
  return (runner: Runner) => argument(withPlans(runner))
}

type Unsafe = (text: string, values?: unknown[], options?: { prepare?: boolean }) => unknown

function unsafeWithPlan(unsafe: Unsafe): Unsafe {
  return (text, values = [], options = {}) => {
    const isKept = values.length > 0 && values.length <= mostValues && !isPage.test(text)
    // drizzle says of every statement that it is not to be kept, unless it was given a name.
    return unsafe(text, values, { ...options, prepare: isKept || options.prepare === true })
  }
}
