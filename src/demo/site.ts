import { pbkdf2Sync } from 'node:crypto'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What runs on the demo's droplet. */
export interface DemoSite {
  /** Puts it into a folder, which becomes the droplet's disk. */
  prepare(folder: string): Promise<void>
  /** Answers 2xx when it can serve. */
  readonly healthPath: string
}

/** What the hashing of one page costs, ms of one core: with the rest of the page it makes 8 visits a second a quiet day for a fifth of a core. */
const HASHING_MS = 5
const TRIAL_ROUNDS = 5000

/** The sample site, with pages that cost the same on a fast machine as on a slow one. */
export const SAMPLE_SITE: DemoSite = {
  healthPath: '/health',
  async prepare(folder) {
    await cp(join(import.meta.dirname, 'app'), folder, { recursive: true })
    const file = join(folder, 'droplet.json')
    const droplet = JSON.parse(await readFile(file, 'utf8')) as { readonly services: readonly object[] }
    const env = { PAGE_ROUNDS: String(roundsOf(HASHING_MS)) }
    const services = droplet.services.map((service) => ({ ...service, env }))
    await writeFile(file, JSON.stringify({ ...droplet, services }))
  },
}

/** Rounds that take `ms` here; the fastest of several trials, since others only ever make one slower. */
function roundsOf(ms: number): number {
  const trials = Array.from({ length: 15 }, () => {
    const start = performance.now()
    pbkdf2Sync('trial', 'one droplet', TRIAL_ROUNDS, 32, 'sha256')
    return performance.now() - start
  })
  return Math.round((TRIAL_ROUNDS * ms) / Math.min(...trials))
}
