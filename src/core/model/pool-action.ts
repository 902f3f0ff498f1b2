/** Commands that are of no pool. */
const OF_NO_POOL: ReadonlySet<string> = new Set([
  'help',
  'pools',
  'use',
  'budget',
  'snooze',
  'notify',
  'doctor',
  'connect another',
])

/** The button of a card about a pool: what it does, and the pool's id after it, whatever else is connected by the time it is pressed. */
export function inPool(action: string, poolId: string): string {
  const [, command = ''] = /^run:\/spinup (connect another|\S+)/.exec(action) ?? []
  if (OF_NO_POOL.has(command) || action.startsWith('doctor:')) return action
  return `${action} @${poolId}`
}

/** What a button does, and of which pool; null: it does not say. */
export function poolOf(action: string): { readonly action: string; readonly pool: string | null } {
  const [, bare, pool] = /^(.*) @([\w-]+)$/s.exec(action) ?? []
  return bare === undefined || pool === undefined ? { action, pool: null } : { action: bare, pool }
}

/** A line with the pool's name right after the command, where it is not in it: `/spinup pin 3` in `api` is `/spinup pin api 3`. */
export function lineIn(line: string, pool: string | null): string {
  if (pool === null || line.split(/\s+/).includes(pool)) return line
  return line.replace(/^(\/spinup\s+\S+)/, `$1 ${pool}`)
}
