import type { Host } from './host.ts'

/** What visitors met in one second. */
export interface Served {
  readonly came: number
  /** Requests answered. */
  readonly served: number
  /** Gave up, met nobody, or were cut off. */
  readonly lost: number
  /** Requests left at the members at its end. */
  readonly waiting: number
  /** The longest that one of those who came waits for a CPU, seconds. */
  readonly waitS: number
  /** More than one in twenty of those who came waits too long for a CPU, or some were not served. */
  readonly overloaded: boolean
}

/** Serves the visitors of a pool, second after second, each member from a queue of its own. */
export interface Service {
  /** `hosts`: those in service and draining; `rate`: requests a second in this one. Fills in what each of them did. */
  serve(t: number, hosts: readonly Host[], rate: number): Served
  /** What its balancer sees of one, over the last seconds: answers a second, and 95 % of them within so many seconds. */
  answers(host: Host, t: number): { readonly rps: number; readonly p95: number | null }
}

/** A second in which more of those who came than this share are slow counts as slow. */
export const SLOW_SHARE = 0.05
/** The balancer's figures are of so many seconds. */
export const ANSWERS_S = 10
