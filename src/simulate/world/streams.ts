import type { Host } from './host.ts'

/**
 * Holds `wanted` connections open on those that answer: some end each second, and new ones go where fewest are. One that
 * is open stays where it is; a member that leaves or falls over loses its own, and they come again elsewhere.
 */
export function holdStreams(hosts: readonly Host[], wanted: number, streamS: number): void {
  if (wanted === 0 && hosts.every((host) => host.streams === 0)) return
  const open = hosts.filter((host) => host.phase === 'inService' && !host.down)
  for (const host of hosts) host.streams = open.includes(host) ? host.streams * (1 - 1 / streamS) : 0
  let total = open.reduce((sum, host) => sum + host.streams, 0)
  if (total > wanted) {
    for (const host of open) host.streams *= wanted / total
    total = wanted
  }
  fill(open, wanted - total)
}

/** Pours `count` on the lowest until all stand equally high or it is used up. */
function fill(open: readonly Host[], count: number): void {
  const order = open.toSorted((a, b) => a.streams - b.streams)
  let left = count
  for (let level = 1; level <= order.length && left > 0; level++) {
    const step = (order[level]?.streams ?? Infinity) - order[level - 1]!.streams
    const each = Math.min(step, left / level)
    for (let index = 0; index < level; index++) order[index]!.streams += each
    left -= each * level
  }
}
