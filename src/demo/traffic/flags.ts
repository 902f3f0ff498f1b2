import { parseArgs } from 'node:util'
import { DEFAULT_PATHS, DEFAULT_PATIENCE_MS, type TrafficOptions } from './run.ts'
import { HACKER_NEWS, type Shape } from './shape.ts'

const NAMES = [
  'url',
  'rps',
  'quiet',
  'peak',
  'quiet-for',
  'rise',
  'hold',
  'decay',
  'after',
  'seed',
  'patience',
  'for',
] as const
type Name = (typeof NAMES)[number]

/** How to call it; times like `500ms`, `20s`, `3m`, or `ever`. */
export const USAGE = `Usage: node src/demo/traffic/main.ts --url http://127.0.0.1:8000
  --quiet 12 --peak 8 --quiet-for 20s --rise 3s --hold 60s --decay 40s --after 180s   the front page
  --rps 20 --for 30s                                                                  or a steady rate
  --seed 1 --patience 10s --path / --path /posts/one-droplet`

/** Options read from the command line, and whether to end when standard input does. Throws with what is wrong. */
export function readFlags(argv: readonly string[]): { readonly options: TrafficOptions; readonly attached: boolean } {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...(Object.fromEntries(NAMES.map((name) => [name, { type: 'string' }])) as Record<Name, { type: 'string' }>),
      path: { type: 'string', multiple: true },
      attached: { type: 'boolean' },
    },
  })
  const number = (name: Name, fallback: number) => {
    const text = values[name]
    const value = text === undefined ? fallback : Number(text)
    if (Number.isFinite(value) && value >= 0) return value
    throw new Error(`--${name} ${text} is not a number`)
  }
  const duration = (name: Name, fallback: number | null) => {
    const text = values[name]
    return text === undefined ? fallback : parseDuration(name, text)
  }
  const finite = (name: Name, fallback: number) => {
    const ms = duration(name, fallback)
    if (ms === null) throw new Error(`--${name} cannot last forever`)
    return ms
  }
  if (values.url === undefined) throw new Error('--url is missing')
  const shape: Shape =
    values.rps === undefined
      ? {
          kind: 'hackerNews',
          quietRps: number('quiet', HACKER_NEWS.quietRps),
          peak: number('peak', HACKER_NEWS.peak),
          quietForMs: duration('quiet-for', HACKER_NEWS.quietForMs),
          riseMs: finite('rise', HACKER_NEWS.riseMs),
          holdMs: duration('hold', HACKER_NEWS.holdMs),
          decayMs: finite('decay', HACKER_NEWS.decayMs),
          afterMs: duration('after', HACKER_NEWS.afterMs),
        }
      : { kind: 'steady', rps: number('rps', 0), forMs: duration('for', null) }
  return {
    options: {
      url: values.url,
      shape,
      seed: number('seed', 1),
      patienceMs: finite('patience', DEFAULT_PATIENCE_MS),
      paths: values.path ?? DEFAULT_PATHS,
    },
    attached: values.attached ?? false,
  }
}

/** The command line that `readFlags` reads back as `options`. */
export function writeFlags({ url, shape, seed, patienceMs, paths }: TrafficOptions): readonly string[] {
  const flags: Partial<Record<Name, string>> =
    shape.kind === 'steady'
      ? { rps: String(shape.rps), for: ms(shape.forMs) }
      : {
          quiet: String(shape.quietRps),
          peak: String(shape.peak),
          'quiet-for': ms(shape.quietForMs),
          rise: ms(shape.riseMs),
          hold: ms(shape.holdMs),
          decay: ms(shape.decayMs),
          after: ms(shape.afterMs),
        }
  const all = Object.entries({ url, seed: String(seed), patience: ms(patienceMs), ...flags })
  return [...all.flatMap(([name, value]) => [`--${name}`, value]), ...paths.flatMap((path) => ['--path', path])]
}

function ms(value: number | null): string {
  return value === null ? 'ever' : `${value}ms`
}

function parseDuration(name: string, text: string): number | null {
  if (text === 'ever') return null
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? []
  if (amount === undefined) throw new Error(`--${name} ${text} is not a time; write 500ms, 20s, 3m or ever`)
  return Number(amount) * (unit === 'm' ? 60_000 : unit === 's' ? 1000 : 1)
}
