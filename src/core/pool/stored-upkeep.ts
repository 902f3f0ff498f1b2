import { EMPTY_UPKEEP, type Upkeep } from '../model/upkeep.ts'
import type { StoredAs } from './field.ts'

/** Upkeep as it lies in the store: two of its fields keep the names they began with, so that bots of any version share it. */
type Stored = Omit<Upkeep, 'unmanaged' | 'unhealthy'> & {
  readonly strangers: Upkeep['unmanaged']
  readonly sick: Upkeep['unhealthy']
}

/** Reads and writes upkeep under its stored names, with what an earlier version did not write. */
export const STORED_UPKEEP: StoredAs<Upkeep> = {
  read: (stored) => {
    // Written by `write` alone, or by an earlier version, which had these names in its code.
    const { strangers, sick, ...rest } = stored as unknown as Partial<Stored>
    const { unmanaged, unhealthy } = EMPTY_UPKEEP
    return { ...EMPTY_UPKEEP, ...rest, unmanaged: strangers ?? unmanaged, unhealthy: sick ?? unhealthy }
  },
  write: ({ unmanaged, unhealthy, ...rest }): Stored => ({ ...rest, strangers: unmanaged, sick: unhealthy }),
}
