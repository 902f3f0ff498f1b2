import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { signalGroups, signalProcesses, type Host } from './host/host.ts'
import { pickHost } from './host/ps-host.ts'
import type { Machine } from './machine.ts'
import { MARK } from './services.ts'

const notedSchema = z.array(z.object({ pid: z.number(), start: z.string() }))

/** What runs is noted in the folder, so that the next one after a crash can end it: it would hold ports and burn CPU. */
export function openLeftRunning(dir: string, host: Host): { note(machines: readonly Machine[]): void; end(): void } {
  const path = join(dir, 'running.json')
  return {
    note(machines) {
      const leaders = host
        .processes(new Set(machines.flatMap((machine) => machine.groups())))
        .filter(({ pid, group }) => pid === group)
      writeFileSync(path, JSON.stringify(leaders.map(({ pid, start }) => ({ pid, start }))), { mode: 0o600 })
    },
    end() {
      // A later process may have got the number.
      const noted = read(path)
      const living = noted.length === 0 ? [] : host.processes(new Set(noted.map(({ pid }) => pid)))
      const same = living.filter(({ pid, start }) => noted.some((one) => one.pid === pid && one.start === start))
      signalGroups(
        same.map(({ pid }) => pid),
        'SIGKILL',
      )
      signalProcesses(
        host.marked(MARK, dir).map(({ pid }) => pid),
        'SIGKILL',
      )
    },
  }
}

/** Ends what machines of that folder left running. */
export function endLeftRunning(dir: string): void {
  const host = pickHost()
  openLeftRunning(dir, host).end()
  host.close()
}

function read(path: string): z.infer<typeof notedSchema> {
  try {
    return notedSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return []
  }
}
