import '#src/boot/threads.cjs'
import '#src/boot/drizzle.ts'

const { runCli } = await import('#src/cli/run.ts')
process.exitCode = await runCli(process.argv.slice(2), process)
