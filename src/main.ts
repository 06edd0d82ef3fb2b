// First, since libuv reads the size of its thread pool when it is first used.
import './boot/threads.cjs'
import './boot/drizzle.ts'
import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Beside the installed packages and not in the shared temporary folder, where others could put code for us to run. `npm start` says
// the same by NODE_COMPILE_CACHE, which holds for this file as well: then nothing is left for which Node loads its TypeScript
// compiler, and a process is 17 MB smaller. Another 9 MB are what its MALLOC_ARENA_MAX saves: glibc would give each thread an arena of
// its own, which never shrinks.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))

const { run } = await import('#src/boot/run.ts')
await run(process.argv.slice(2))
// By itself it is written only when a process ends in peace.
flushCompileCache()
