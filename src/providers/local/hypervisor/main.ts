import { chmodSync, mkdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { z } from 'zod'
import { socketPath } from '../address.ts'
import { settingsSchema } from '../protocol.ts'
import { createApi } from './api.ts'
import { pickHost } from './host/pick-host.ts'
import { createHypervisor } from './hypervisor.ts'
import { takeLock } from './lock.ts'
import { placesIn } from './places.ts'
import { openRecords } from './records.ts'

/** The one argument, JSON; written by `startHypervisor`. */
const argumentSchema = z.object({ dir: z.string(), settings: settingsSchema })

const LOG_BYTES = 1024 * 1024
const { dir, settings } = argumentSchema.parse(JSON.parse(process.argv[2] ?? 'null'))
// Agents' keys are inside, and whoever can open the socket commands the droplets.
mkdirSync(dir, { recursive: true, mode: 0o700 })
chmodSync(dir, 0o700)

const logPath = join(dir, 'hypervisor.log')
if ((statSync(logPath, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) truncateSync(logPath)
const log = pino({ base: { pid: process.pid } }, pino.destination({ dest: logPath, sync: true }))

const host = pickHost()
const release = takeLock(dir, host)
if (release) serve(release)
else log.info('another hypervisor serves this folder')

function serve(release: () => void): void {
  const path = socketPath(dir)
  const hypervisor = createHypervisor({ places: placesIn(dir), records: openRecords(dir), host, settings, log })
  let idleExitMs = settings.idleExitMs
  let calledAt = performance.now()
  let closing: Promise<void> | null = null

  function shutdown(): Promise<void> {
    closing ??= hypervisor.close()
    return closing
  }

  function leave(why: string): void {
    log.info({ why }, 'stopping all droplets')
    void shutdown().then(() => {
      server.close()
      server.closeAllConnections()
      clearInterval(watch)
      rmSync(path, { force: true })
      release()
      log.info('gone')
      process.exit(0)
    })
  }

  const server = createApi({
    hypervisor,
    dir,
    onCall: () => {
      calledAt = performance.now()
    },
    onSettings: (next) => {
      idleExitMs = next
    },
    async shutdown() {
      await shutdown()
      // After the answer has left.
      setTimeout(leave, 50, 'asked to')
    },
  })
  const watch = setInterval(() => {
    if (!closing && performance.now() - calledAt > idleExitMs) leave('nobody has called')
  }, 500)
  process.on('SIGTERM', leave)
  process.on('SIGINT', leave)

  rmSync(path, { force: true }) // left by a crash: the lock says that nobody listens
  server.listen(path, () => {
    chmodSync(path, 0o600)
    log.info({ path }, 'hypervisor serves')
  })
}
