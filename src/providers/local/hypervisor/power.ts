import type { DropletRecord } from './records.ts'

/** What brings a droplet nearer to where it is wanted. */
export type PowerStep =
  | { readonly kind: 'rest' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'beginBoot' }
  | { readonly kind: 'provision' }
  | { readonly kind: 'start' }
  | { readonly kind: 'cancelBoot' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'erase' }

const REST: PowerStep = { kind: 'rest' }

/** The next step from `power` towards `goal`; `hasDisk` tells whether its disk has been copied. */
export function nextPowerStep(record: DropletRecord, hasDisk: boolean, now: number): PowerStep {
  if (record.goal === 'gone') return { kind: 'erase' }
  if (record.power === 'stopping') return { kind: 'stop' }
  if (record.goal === 'off') {
    if (record.power === 'booting') return { kind: 'cancelBoot' }
    return record.power === 'on' ? { kind: 'stop' } : REST
  }
  if (record.power === 'on') return REST
  if (record.power === 'off') return { kind: 'beginBoot' }
  if (record.neverBoots) return REST
  if (!hasDisk) return { kind: 'provision' }
  return now < record.bootAt ? { kind: 'wait', ms: record.bootAt - now } : { kind: 'start' }
}

/** The status the provider contract knows. A machine that is shutting down or coming back is what it was before. */
export function statusOf(record: DropletRecord): 'new' | 'active' | 'off' {
  if (record.power === 'on' || record.power === 'stopping') return 'active'
  return !record.born && record.goal === 'on' ? 'new' : 'off'
}
