import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { pino } from 'pino'
import { configSchema, filesIn, PROTOCOL, type Running, type Word } from './config.ts'
import { serve, type Serving } from './serve.ts'

// Run by `startBuiltinBalancer` as `node main.ts FOLDER`. It outlives the bot on purpose: the site must not go down
// because the bot does.
const dir = process.argv[2]
if (dir === undefined) throw new Error('give the folder that holds config.json')
process.title = 'spinup-balancer'
const files = filesIn(dir)
const lines = pino.destination({ dest: 1, sync: true, maxLength: 1024 * 1024 })
// Its disk may be full: then lines are lost, and visitors are served.
lines.on('error', () => undefined)
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
const log = pino({ base: { pid: process.pid } }, lines)

function tell(word: Word): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send !== undefined) process.send(word, () => resolve())
    else resolve()
  })
}

async function main(): Promise<void> {
  const config = configSchema.parse(JSON.parse(await readFile(files.config, 'utf8')))
  let stopping = false
  let serving: Serving | null = null
  const describe = (ports: { readonly port: number; readonly controlPort: number }): Running => ({
    protocol: PROTOCOL,
    pid: process.pid,
    host: config.host,
    port: ports.port,
    controlPort: ports.controlPort,
    healthPath: config.healthPath,
  })
  const stop = async () => {
    if (stopping || serving === null) return
    stopping = true
    log.info('stopping')
    await rm(files.running, { force: true })
    await serving.stop()
    process.exit(0)
  }
  serving = await serve({
    config,
    membersFile: files.members,
    health: describe,
    onStop: () => void stop(),
    log,
  })
  const running = describe(serving)
  await writeFile(`${files.running}.new`, JSON.stringify(running))
  await rename(`${files.running}.new`, files.running)
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
  log.info({ port: running.port, controlPort: running.controlPort }, 'balancing')
  await tell({ running })
}

main().catch(async (error: unknown) => {
  log.fatal({ err: error }, 'balancer did not start')
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  await tell({ failed: error instanceof Error ? error.message : String(error), code })
  process.exit(1)
})
