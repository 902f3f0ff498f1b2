import type { BackendState } from '../balancer.ts'
import { hostOf, type Place } from './address.ts'
import type { Runtime } from './runtime.ts'

/** A server of the backend, as HAProxy tells it. */
export interface Server {
  readonly name: string
  readonly place: Place
  /** How it is treated, as words of `add server`; as far as HAProxy tells. */
  readonly manner: readonly (string | number)[]
  /** Out of service: by Spinup's `remove`, by a person, or because its address is unknown. */
  readonly inMaintenance: boolean
  /** Whether it was given `check`. */
  readonly checked: boolean
  readonly weight: number
  readonly state: BackendState['state']
  readonly failed: number
  /** Answers of it since HAProxy began to count. */
  readonly answered: number | null
  /** Sessions at it, and those held back for it alone. */
  readonly atMember: number | null
  readonly queued: number | null
}

/** Bits of `srv_admin_state`. */
const MAINTENANCE = 0x01 | 0x02 | 0x04 | 0x20
const DRAINING = 0x08 | 0x10
/** Bit of `srv_check_state`. */
const CHECK_CONFIGURED = 0x02

/** Without `hrsp_1xx`: those come before an answer, or, as 101, once for a whole WebSocket. */
const ANSWERS = ['hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other']

/** Every server of `backend`; throws `balancerFailed` when HAProxy has no such backend. */
export async function readServers(runtime: Runtime, backend: string): Promise<readonly Server[]> {
  const [statesText, statsText] = [
    await runtime.ask(`show servers state ${backend}`),
    await runtime.ask(`show stat ${backend} 4 -1`),
  ]
  const states = table(statesText, words, 1)
  const stats = table(statsText, csv, 0)
  if (states === null) throw runtime.refusal(`show servers state ${backend}`, statesText)
  if (stats === null) throw runtime.refusal(`show stat ${backend} 4 -1`, statsText)

  const servers: Server[] = []
  for (const row of states) {
    const name = row['srv_name'] ?? ''
    const [ip, port] = [row['srv_addr'] ?? '-', Number(row['srv_port'])]
    // A slot of a server-template that nobody filled has no address yet.
    if (ip === '-' || !(port > 0)) continue
    const stat = stats.find((candidate) => candidate['svname'] === name) ?? {}
    const admin = Number(row['srv_admin_state'])
    const draining = (admin & DRAINING) !== 0
    const up = /^(UP|no check|DRAIN|NOLB)/.test(stat['status'] ?? '')
    servers.push({
      name,
      place: { hostname: hostOf(name, ip), port, secure: row['srv_use_ssl'] === '1' },
      manner: mannerOf(stat, Number(row['srv_check_port']), port),
      inMaintenance: (admin & MAINTENANCE) !== 0,
      checked: (Number(row['srv_check_state']) & CHECK_CONFIGURED) !== 0,
      weight: Number(row['srv_uweight']),
      state: draining ? 'draining' : up ? 'healthy' : 'unhealthy',
      failed: Number(stat['econ'] ?? 0) + Number(stat['eresp'] ?? 0),
      answered: sum(ANSWERS.map((column) => figure(stat[column]))),
      atMember: figure(stat['scur']),
      queued: figure(stat['qcur']),
    })
  }
  return servers
}

/**
 * What a server that is added at run time does not get from `default-server`. HAProxy tells neither `minconn`, nor the
 * intervals of checks, nor `send-proxy`, `slowstart`, `sni` and the like.
 */
function mannerOf(stat: Readonly<Record<string, string>>, checkPort: number, port: number): (string | number)[] {
  const words = Object.entries(MANNERS).flatMap(([word, column]) => {
    const value = stat[column] ?? ''
    return /^\d+$/.test(value) ? [word, Number(value)] : []
  })
  // Without a word it would keep no connection open, where the others keep all of them.
  if (!words.includes(POOL)) words.push(POOL, -1)
  return checkPort > 0 && checkPort !== port ? [...words, 'port', checkPort] : words
}

const POOL = 'pool-max-conn'
/** Words of `add server`, and where `show stat` has their values; what is not set is empty there. */
const MANNERS = {
  maxconn: 'slim',
  maxqueue: 'qlimit',
  [POOL]: 'src_ilim',
  rise: 'check_rise',
  fall: 'check_fall',
}

/** Requests that wait for whichever server of `backend` is available first. */
export async function readQueued(runtime: Runtime, backend: string): Promise<number | null> {
  const text = await runtime.ask(`show stat ${backend} 2 -1`)
  const stats = table(text, csv, 0)
  if (stats === null) throw runtime.refusal(`show stat ${backend} 2 -1`, text)
  return figure(stats[0]?.['qcur'])
}

/** A cell as a number; an empty one tells nothing. */
function figure(cell: string | undefined): number | null {
  return cell === undefined || cell === '' ? null : Number(cell)
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce((total, value) => (total === null || value === null ? null : total + value), 0)
}

/** Cells of a line of words. */
const words = (line: string): readonly string[] => line.split(/\s+/)

/** Cells of a line of CSV: what a member answered its check with stands in quotes, and may hold commas. */
function csv(line: string): readonly string[] {
  return [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*)),/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  )
}

/** Rows by column name; null: the answer is no table but words. `skip`: lines before the one with the names. */
function table(
  text: string,
  cellsOf: (line: string) => readonly string[],
  skip: number,
): Record<string, string>[] | null {
  const [header, ...rows] = text.split('\n').slice(skip)
  if (header === undefined || !header.startsWith('# ')) return null
  const names = cellsOf(header.slice(2))
  return rows
    .filter((row) => row !== '' && !row.startsWith('#'))
    .map((row) => {
      const cells = cellsOf(row)
      return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']))
    })
}

const WINDOW_MS = 5000
/** Readings closer together are not worth keeping. */
const APART_MS = 250

interface Reading {
  readonly atMs: number
  readonly count: number
}

/**
 * Makes a rate a second over the last five seconds of counts that only grow, by name; `nowMs` is monotonic. A name that is
 * seen for the first time, and one whose count began again, has none yet: null.
 */
export function createRates(
  nowMs: () => number,
): (counts: ReadonlyMap<string, number | null>) => ReadonlyMap<string, number | null> {
  let known: ReadonlyMap<string, readonly Reading[]> = new Map()

  return (counts) => {
    const atMs = nowMs()
    const [next, rates] = [new Map<string, readonly Reading[]>(), new Map<string, number | null>()]
    for (const [name, count] of counts) {
      const past = known.get(name) ?? []
      const begunAgain = count === null || past.some((reading) => reading.count > count)
      const held = begunAgain ? [] : recent(past, atMs)
      const first = held[0]
      // Under a second of knowledge would show one answer as a rush.
      const seconds = Math.max(1, (atMs - (first?.atMs ?? 0)) / 1000)
      rates.set(name, first === undefined || count === null ? null : (count - first.count) / seconds)
      const close = atMs - (held.at(-1)?.atMs ?? -Infinity) < APART_MS
      next.set(name, close || count === null ? held : [...held, { atMs, count }])
    }
    known = next
    return rates
  }
}

/** Those of the window and the one before it, which it begins with. */
function recent(readings: readonly Reading[], atMs: number): readonly Reading[] {
  const before = readings.findLastIndex((reading) => reading.atMs <= atMs - WINDOW_MS)
  return readings.slice(Math.max(0, before))
}
