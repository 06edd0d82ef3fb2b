// First, since libuv reads the size of its thread pool when it is first used.
import './boot/threads.cjs'
import './boot/drizzle.ts'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Beside the installed packages and not in the shared temporary folder, where others could put code for us to run.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))

const { run } = await import('#src/boot/run.ts')
run(process.argv.slice(2))
