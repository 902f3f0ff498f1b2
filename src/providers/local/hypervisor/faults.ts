import type { Fault } from '../protocol.ts'

/** Faults waiting for the next create. */
export interface Faults {
  arm(fault: Fault): void
  clear(): void
  /** Takes the first armed fault of this kind out; null when there is none. */
  spend<K extends Fault['kind']>(kind: K): Extract<Fault, { kind: K }> | null
}

export function createFaults(): Faults {
  let armed: readonly Fault[] = []
  return {
    arm(fault) {
      armed = [...armed, fault]
    },
    clear() {
      armed = []
    },
    spend<K extends Fault['kind']>(kind: K) {
      const isWanted = (fault: Fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind
      const fault = armed.find(isWanted) ?? null
      armed = armed.filter((other) => other !== fault)
      return fault
    },
  }
}
