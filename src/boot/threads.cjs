'use strict'

// libuv reads this once, when its thread pool is first used, so it is set before anything else is loaded. Signatures, password
// hashes, pictures and files share the pool: its default of four threads starves all of them as soon as two are busy.
process.env.UV_THREADPOOL_SIZE ??= String(require('node:os').availableParallelism() + 4)
