import type { PoolView, Scaler, ViewMember } from '../../../src/simulate/scaler.ts'

/** Stats of one serving member that is `cpu` full, as the simulator tells them; `queued` seconds of CPU wait there, the oldest of it for `waitS`. */
export function stats(cpu: number, queued = 0, waitS = queued): Record<string, number> {
  return { cpu, rps: cpu * 100, inflight: queued + cpu / 100, p95: 0.01 + waitS }
}

/** So many members in service for an hour, all reporting the same, and so many booting. */
export function pool(t: number, serving: number, cpu: number, booting = 0, queued = 0, waitS = queued): PoolView {
  return {
    t,
    members: [
      ...Array.from({ length: serving }, (_, index) => member(`s${index}`, t, { stats: stats(cpu, queued, waitS) })),
      ...Array.from({ length: booting }, (_, index) => member(`b${index}`, t, { phase: 'booting', age: 10 })),
    ],
  }
}

export function member(id: string, t: number, fields: Partial<ViewMember> = {}): ViewMember {
  const told = fields.stats ?? null
  return { id, phase: 'inService', age: 3600, sampleAt: told === null ? null : t, stats: told, ...fields }
}

/**
 * Asks second by second from `from` to `to`, obeying at once: new members serve the moment they are ordered. Gives the
 * seconds at which the size changed and what it became.
 */
export function timeline(
  scaler: Scaler,
  start: number,
  seconds: readonly [from: number, to: number],
  see: (t: number, size: number) => PoolView,
): { at: number; size: number }[] {
  const changes: { at: number; size: number }[] = []
  let size = start
  for (let t = seconds[0]; t <= seconds[1]; t++) {
    const asked = scaler.desired(see(t, size))
    if (asked !== size) changes.push({ at: t, size: asked })
    size = asked
  }
  return changes
}
