import type { JobsOptions, WorkerOptions } from 'bullmq'
import { createPostgresBackend, Queue, runMigrations, Worker, withBackend } from 'bullmq'
import pg from 'pg'
import type { Log } from '#src/core/log.ts'

/** What each queue's jobs carry: ids of rows only. No key, no body, no address is ever in a job. */
export type Jobs = {
  /** Build the activity of an effect and cut its audience into deliveries. */
  outbox: { effectId: string }
  /** Deliver one piece of an audience. */
  deliver: { deliveryId: string }
  /** Make the sizes of one picture. */
  media: { mediaId: string }
  /** Send the mail of an effect. */
  mail: { effectId: string }
  /** Tell one device of one notification. */
  push: { effectId: string }
  /** Have those who have to do with an actor that moved have to do with the new one. */
  carry: { effectId: string }
}

/** The name of a queue, which is the verb of its jobs. */
export type QueueName = keyof Jobs

type QueueSettings = Readonly<{ concurrency: number; attempts: number; lockMs: number }>

/**
 * One table for all queues. A job that runs longer than its lock is not lost: the lock is renewed while the process lives. After a kill
 * the lock has to run out before another worker takes the job, so it is short.
 */
const table: Record<QueueName, QueueSettings> = {
  outbox: { concurrency: 4, attempts: 5, lockMs: 15_000 },
  // Deliveries wait, they do not compute: many pieces at once, so that slow hosts in some never hold up the others.
  deliver: { concurrency: 48, attempts: 10, lockMs: 15_000 },
  media: { concurrency: 2, attempts: 5, lockMs: 15_000 },
  mail: { concurrency: 2, attempts: 12, lockMs: 60_000 },
  push: { concurrency: 8, attempts: 6, lockMs: 15_000 },
  carry: { concurrency: 1, attempts: 6, lockMs: 15_000 },
}

/** So many jobs are added one by one: in PostgreSQL BullMQ makes two temporary tables to add several, which costs as much as ten jobs. */
const mostSingles = 8

/** Adds jobs. The same id twice is one job for as long as the first has not ended. */
export type Queues = Readonly<{
  add<N extends QueueName>(name: N, jobs: readonly { id: string; data: Jobs[N] }[]): Promise<void>
  close(): Promise<void>
}>

/** Told of a job that failed for the last time: nothing of it is kept in the queue. */
export type GiveUp<N extends QueueName> = (data: Jobs[N], error: Error) => Promise<void>

/** Runs jobs of one queue until closed. */
export type Runner = Readonly<{ close(): Promise<void> }>

/** How the queues reach their store. */
export type Backend = Readonly<{
  queues: Queues
  run<N extends QueueName>(name: N, work: (data: Jobs[N]) => Promise<void>, giveUp?: GiveUp<N>): Runner
  close(): Promise<void>
}>

/**
 * Opens the queues on Redis or Valkey when there is an address for it, else in PostgreSQL (schema `bullmq`).
 * The rows in our own tables are the truth; a queue only wakes workers, and a sweep makes good what it lost.
 */
export async function openQueues(options: {
  databaseUrl: string
  redisUrl: string | undefined
  log: Log
}): Promise<Backend> {
  const store = options.redisUrl ? redisStore(options.redisUrl) : await postgresStore(options.databaseUrl, options.log)
  const opened = new Map<QueueName, Queue>()
  const queueOf = (name: QueueName) => {
    const queue = opened.get(name) ?? store.queue(name)
    opened.set(name, queue)
    return queue
  }
  const queues: Queues = {
    add: async (name, jobs) => {
      const queue = queueOf(name)
      const all = jobs.map(({ id, data }) => ({ name, data, opts: { ...jobOptions(name), jobId: id } }))
      if (all.length > mostSingles) await queue.addBulk(all)
      else for (const job of all) await queue.add(job.name, job.data, job.opts)
    },
    close: async () => {
      await Promise.all([...opened.values()].map((queue) => queue.close()))
    },
  }
  return {
    queues,
    run: (name, work, giveUp) => startRunner(name, { work, giveUp }, store, options.log),
    close: async () => {
      await queues.close()
      await store.close()
    },
  }
}

function jobOptions(name: QueueName): JobsOptions {
  return {
    attempts: table[name].attempts,
    backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
    // What failed for good is written in our own rows; a dead job under its id would keep a sweep from adding it again.
    removeOnComplete: true,
    removeOnFail: true,
  }
}

function startRunner<N extends QueueName>(
  name: N,
  { work, giveUp }: { work: (data: Jobs[N]) => Promise<void>; giveUp: GiveUp<N> | undefined },
  store: Store,
  log: Log,
): Runner {
  const worker = store.worker(name, (job) => work(job.data as Jobs[N]), {
    concurrency: table[name].concurrency,
    lockDuration: table[name].lockMs,
    stalledInterval: 5_000,
    // A worker that is killed again and again must not cost a job: each attempt is safe to repeat.
    maxStalledCount: 1_000,
  })
  worker.on('failed', (job, error) => {
    log.warn({ queue: name, jobId: job?.id, attempt: job?.attemptsMade, err: error }, 'a job failed')
    if (!job || !giveUp || job.attemptsMade < table[name].attempts) return
    // Where even this cannot be written, a sweep finds that the work is not done and adds the job again.
    giveUp(job.data as Jobs[N], error).catch((cause) => log.error({ queue: name, err: cause }, 'a job was lost'))
  })
  worker.on('error', (error) => log.error({ queue: name, err: error }, 'a queue does not answer'))
  return { close: () => worker.close() }
}

type Processor = (job: { id?: string | undefined; data: unknown }) => Promise<void>
type Settings = Omit<WorkerOptions, 'connection'>
type Store = Readonly<{
  queue(name: QueueName): Queue
  worker(name: QueueName, processor: Processor, settings: Settings): Worker
  close(): Promise<void>
}>

function redisStore(url: string): Store {
  const connection = { url }
  return {
    // Jobs are added inside of transactions, whose locks others wait for: while Redis is away that fails at once, and the sweep adds them.
    queue: (name) =>
      new Queue(name, {
        connection: { ...connection, maxRetriesPerRequest: 1, enableOfflineQueue: false },
        prefix: 'entremise',
      }),
    worker: (name, processor, settings) =>
      // Workers wait for jobs with a blocking call, which must never be given up.
      new Worker(name, processor, {
        ...settings,
        connection: { ...connection, maxRetriesPerRequest: null },
        prefix: 'entremise',
      }),
    close: async () => {},
  }
}

/** Every worker keeps one connection for itself to listen on: a pool without room to spare would stand still for ever. */
const workerConnections = Object.keys(table).length + 5

async function postgresStore(url: string, log: Log): Promise<Store> {
  const { Queue: PgQueue, Worker: PgWorker } = withBackend(createPostgresBackend)
  const pools = [openPool(url, 4, log), openPool(url, workerConnections, log)] as const
  const client = await pools[0].connect()
  await runMigrations(client).finally(() => client.release())
  const asQueue = (queue: unknown) => queue as Queue
  const asWorker = (worker: unknown) => worker as Worker
  return {
    queue: (name) => asQueue(new PgQueue(name, { connection: pools[0] })),
    worker: (name, processor, settings) =>
      asWorker(new PgWorker(name, processor, { ...settings, connection: pools[1] })),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end()))
    },
  }
}

function openPool(url: string, max: number, log: Log): pg.Pool {
  // Losing the last moment of queue bookkeeping in a crash only means that a job runs again.
  const pool = new pg.Pool({ connectionString: url, max, options: '-c search_path=bullmq -c synchronous_commit=off' })
  pool.setMaxListeners(50)
  pool.on('error', (error) => log.warn({ err: error }, 'the queues lost a connection'))
  return pool
}
