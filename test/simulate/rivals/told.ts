import type { Metered, PoolView, Scaler, ViewMember } from '../../../src/simulate/scaler.ts'

/** One serving member of 100 requests a second that is `cpu` full, as its platform meters it; `queued` requests wait there. */
export function metered(cpu: number, queued = 0, arrived = cpu * 100): Metered {
  return { cpu, arrived, inFlight: cpu + queued }
}

/** So many members in service for an hour, all metered the same, and so many booting. */
export function pool(t: number, serving: number, cpu: number, booting = 0, queued = 0, arrived = cpu * 100): PoolView {
  return {
    t,
    members: [
      ...Array.from({ length: serving }, (_, index) =>
        member(`s${index}`, t, { metered: metered(cpu, queued, arrived) }),
      ),
      ...Array.from({ length: booting }, (_, index) => member(`b${index}`, t, { phase: 'booting', age: 10 })),
    ],
  }
}

export function member(id: string, t: number, fields: Partial<ViewMember> = {}): ViewMember {
  return { id, phase: 'inService', age: 3600, sampleAt: t, stats: null, ...fields }
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
