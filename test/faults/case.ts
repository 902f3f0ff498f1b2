import type { Stage, StageOptions } from './stage.ts'

/** The one card that tells of it. `because`: what its reason says when it failed. */
export type CardWish =
  | { readonly kind: 'episode'; readonly direction: 'out' | 'in'; readonly stage: 'settled' }
  | { readonly kind: 'episode'; readonly direction: 'out' | 'in'; readonly stage: 'failed'; readonly because: RegExp }
  | { readonly kind: 'refresh'; readonly stage: 'done' }
  | { readonly kind: 'connect'; readonly stage: 'ready' }
  | { readonly kind: 'connect'; readonly stage: 'failed'; readonly because: RegExp }
  | { readonly kind: 'refresh'; readonly stage: 'failed'; readonly because: RegExp }

/** How it must be when all is calm again. */
export interface Wish {
  /** Members in service. */
  readonly members: number
  readonly card: CardWish
  /** What else may be told: titles of alerts and answers, each at most once. */
  readonly also?: RegExp
  /** The snapshot's own steps may be asked of the origin. */
  readonly copies?: boolean
  /** Some requests of visitors may be lost: what served them was killed. */
  readonly lossy?: boolean
  /** For a moment there may be one droplet too many: DigitalOcean made one long after it was given up on. */
  readonly overshoots?: boolean
}

export interface FaultCase {
  readonly name: string
  /** Members in service before it; `linked`: it is only being connected, and no snapshot was taken yet. */
  readonly from: number | 'linked'
  /** Arms the fault and begins; what it leaves armed is cleared when all is calm. */
  readonly run: (stage: Stage) => Promise<void>
  readonly wish: Wish
}

/** Cases that share a bot. */
export interface Group extends StageOptions {
  readonly name: string
  /** The policy decides as ever; otherwise only people do, so that nothing else moves. */
  readonly decides?: boolean
  /** 1 unless told. */
  readonly bots?: number
  readonly cases: readonly FaultCase[]
}

export const OUT: Wish = { members: 2, card: { kind: 'episode', direction: 'out', stage: 'settled' } }
export const IN: Wish = { members: 1, card: { kind: 'episode', direction: 'in', stage: 'settled' } }
export const COPIED: Wish = { members: 2, card: { kind: 'refresh', stage: 'done' }, copies: true }

/** A scale out that is given up, with why. */
export function outFailed(because: RegExp): Wish {
  return { members: 1, card: { kind: 'episode', direction: 'out', stage: 'failed', because } }
}

/** One that could not be made, with why: an alert says so, too, and for how long it is so. */
export function outRefused(because: RegExp): Wish {
  return { ...outFailed(because), also: /No droplet can be made/ }
}

/** A snapshot that is given up, with why; the origin serves again. */
export function copyFailed(because: RegExp): Wish {
  return { members: 2, card: { kind: 'refresh', stage: 'failed', because }, copies: true }
}
