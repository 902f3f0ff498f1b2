import type { Host } from './host/host.ts'
import type { DropletRecord, ServiceProcess } from './records.ts'
import { MARK } from './services.ts'

export type ServiceProcesses = Readonly<Record<string, ServiceProcess>>

/**
 * After a crash: which recorded processes of each droplet still run (same pid, same start), by droplet. Everything else
 * that carries this folder's mark is an orphan and is killed: it would hold a port and burn CPU for ever.
 */
export function takeOver(
  records: readonly DropletRecord[],
  host: Host,
  dir: string,
): { readonly alive: ReadonlyMap<string, ServiceProcesses>; readonly orphans: number } {
  const alive = new Map<string, ServiceProcesses>()
  const groups = new Set<number>()
  for (const record of records) {
    const running = Object.entries(record.processes).filter(
      ([, process]) => host.startOf(process.pid) === process.start,
    )
    if (running.length > 0) alive.set(record.id, Object.fromEntries(running))
    for (const [, process] of running) groups.add(process.pid)
  }
  let orphans = 0
  for (const process of host.marked(MARK, dir)) {
    if (groups.has(process.group)) continue
    try {
      globalThis.process.kill(process.pid, 'SIGKILL')
      orphans += 1
    } catch {
      // it has just ended
    }
  }
  return { alive, orphans }
}
