import { parseArgs } from 'node:util'
import { SpinupError } from '../core/model/error.ts'
import type { Policy } from '../core/model/policy.ts'
import { RIVALS, type Rival } from '../simulate/rivals/rivals.ts'
import { SHAPES } from '../simulate/shapes.ts'
import { DEFAULT_WORLD, type WorldSettings } from '../simulate/world.ts'
import { readPolicyFile } from './policy-file.ts'

export const HELP = `Replays demand, second by second, through Spinup and the others' published algorithms, side by side.

  npm run --silent simulate -- --trace hackernews
  npm run --silent simulate -- --trace counts.csv --against hpa,kpa --chart counts.png
  npm run --silent simulate -- --trace all

  --trace NAME        ${SHAPES.map(({ name }) => name).join(', ')}; or a CSV file of the columns time,requests;
                      all: the standard demands, and what Spinup has to show on them
  --policy FILE       JSON of Spinup's policy, e.g. {"target": 0.7, "min": 1, "max": 20}; else its defaults, 1 to 60 members
  --against LIST      ${RIVALS.map(({ key }) => key).join(',')}; all (the default) or none. Each with its best single setting
  --json              one JSON object instead of tables
  --chart FILE.png    where the chart goes; on a terminal simulate-NAME.png unless told
  --days N            only the first N days
  --scale-to MEMBERS  makes the demand so large that its 99.9th percentile needs so many members at 70 % (files: 14)
  --seed N            another run of chance (1)
  --late S            samples come S seconds late
  --silent SHARE      this share of the members never reports, e.g. 0.3
  --tenth             a tenth of the requests, each ten times the work: three times the noise
  --calibrate         find each rival's best single setting over the standard demands

score: member-hours, and 5 for each minute in which requests wait over 0.5 s or are lost. × clairv.: over the score of one
who knows the next 200 s. Members serve 100 requests/s, boot for 45 to 75 s; visitors give up after 5 s.`

/** What was asked for. */
export interface SimulateOptions {
  readonly kind: 'help' | 'calibrate' | 'all' | 'one'
  readonly trace: string
  readonly policy: Partial<Policy>
  /** The policy's file, as typed; null: the defaults. */
  readonly policyName: string | null
  readonly against: readonly Rival['key'][]
  readonly json: boolean
  readonly chart: string | null
  readonly days: number | null
  readonly scaleTo: number | null
  readonly world: WorldSettings
  readonly tenth: boolean
  /** The world is worse than the standard one already. */
  readonly hard: boolean
}

/** Throws `configuration` that names the option and what it takes. */
export async function readOptions(args: readonly string[]): Promise<SimulateOptions> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      trace: { type: 'string' },
      policy: { type: 'string' },
      against: { type: 'string', default: 'all' },
      json: { type: 'boolean', default: false },
      chart: { type: 'string' },
      days: { type: 'string' },
      'scale-to': { type: 'string' },
      seed: { type: 'string' },
      late: { type: 'string' },
      silent: { type: 'string' },
      tenth: { type: 'boolean', default: false },
      calibrate: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.trace === undefined && !values.help && !values.calibrate) {
    throw new SpinupError('configuration', `it takes a --trace.\n\n${HELP}`)
  }
  const policy = values.policy === undefined ? {} : await readPolicyFile(values.policy)
  const lateS = number('--late', values.late, 0, 3600) ?? 0
  const silentShare = number('--silent', values.silent, 0, 1) ?? 0
  const kind = values.help ? 'help' : values.calibrate ? 'calibrate' : values.trace === 'all' ? 'all' : 'one'
  return {
    kind,
    trace: values.trace ?? 'all',
    policy,
    policyName: values.policy ?? null,
    against: rivals(values.against),
    json: values.json,
    chart: values.chart ?? null,
    days: number('--days', values.days, 0.01, 10_000),
    scaleTo: number('--scale-to', values['scale-to'], 0.1, 10_000),
    tenth: values.tenth,
    hard: lateS > 0 || silentShare > 0 || values.tenth,
    world: {
      ...DEFAULT_WORLD,
      min: policy.min ?? DEFAULT_WORLD.min,
      max: policy.max ?? Math.max(DEFAULT_WORLD.max, policy.min ?? 0),
      seed: Math.round(number('--seed', values.seed, 0, 2 ** 31) ?? DEFAULT_WORLD.seed),
      lateS: Math.round(lateS),
      silentShare,
      ...(values.tenth ? { memberRps: DEFAULT_WORLD.memberRps / 10 } : {}),
    },
  }
}

function number(option: string, text: string | undefined, least: number, most: number): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most) return value
  throw new SpinupError('configuration', `${option} ${text}: it takes a number from ${least} to ${most}`)
}

function rivals(text: string): readonly Rival['key'][] {
  const known = RIVALS.map(({ key }) => key)
  if (text === 'all') return known
  if (text === 'none') return []
  return text.split(',').map((word) => {
    const key = known.find((one) => one === word.trim())
    if (key !== undefined) return key
    throw new SpinupError('configuration', `--against ${word}: it takes ${known.join(', ')}, all or none`)
  })
}
