import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** In a site's data folder: by how much the wall clocks of its bots are off, ms. */
const FILE = 'wall-clock'
const LOOK_MS = 20

/** The environment of a bot whose wall clock `setWallClock` sets. */
export const CLOCKED = { NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${import.meta.url}` }

/** Sets the wall clock of the site's bots by `ms` off the real one. */
export function setWallClock(site: { readonly dataDir: string }, ms: number): void {
  writeFileSync(join(site.dataDir, FILE), String(ms))
}

// Loaded into a bot by CLOCKED, and by nothing else.
const folder = process.env['SPINUP_DATA_DIR']
if (folder !== undefined && process.env['NODE_OPTIONS'] === CLOCKED.NODE_OPTIONS) {
  const wall = Date.now
  let off = 0
  Date.now = () => wall() + off
  setInterval(() => {
    try {
      off = Number(readFileSync(join(folder, FILE), 'utf8'))
    } catch {
      off = 0
    }
  }, LOOK_MS).unref()
}
