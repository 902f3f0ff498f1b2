import { cp } from 'node:fs/promises'
import { file } from '../places.ts'

/** What runs on the demo's droplet. */
export interface DemoSite {
  /** Puts it into a folder, which becomes the droplet's disk. */
  prepare(folder: string): Promise<void>
  /** Answers 2xx when it can serve. */
  readonly healthPath: string
}

/** The sample site: a blog whose pages cost 2 ms of CPU each, on any machine. */
export const SAMPLE_SITE: DemoSite = {
  healthPath: '/health',
  prepare: (folder) => cp(file('src/demo/app'), folder, { recursive: true }),
}
