import type { parseArgs } from 'node:util'
import { SpinupError } from '../core/model/error.ts'
import type { Policy } from '../core/model/policy.ts'
import { RIVALS, type Rival } from '../simulate/rivals/rivals.ts'
import { SHAPES } from '../simulate/standard.ts'
import { SITUATIONS } from '../simulate/situations/situations.ts'
import { DEFAULT_WORLD, type WorldSettings } from '../simulate/world/settings.ts'
import { readPolicyFile } from './policy-file.ts'

export const HELP = `Replays demand through Spinup and the others' published algorithms, side by side: whole days by the second, or an
hour or two of what pools meet in the wild, request by request. Each member has a CPU and a queue of its own.

  npm run --silent simulate -- --trace hackernews
  npm run --silent simulate -- --trace counts.csv --against hpa,kpa --chart counts.png
  npm run --silent simulate -- --trace all
  npm run --silent simulate -- --situation backup
  npm run --silent simulate -- --situation all

  --trace NAME        ${SHAPES.map(({ name }) => name).join(', ')}; or a CSV file of the columns time,requests;
                      shapes: all of these names; all: recorded traces too, where they are, and what Spinup has to show
  --situation NAME    all, or one of these:
${SITUATIONS.map(({ name, about }) => `                        ${name.padEnd(16)} ${about}`).join('\n')}
  --policy FILE       JSON of Spinup's policy, e.g. {"target": 0.7, "min": 1, "max": 20}; else its defaults, 1 to 60 members
                      (in situations as many as each allows, mostly 20)
  --against LIST      ${RIVALS.map(({ key }) => key).join(',')}; all (the default) or none. Each with its best single setting
  --json              one JSON object instead of tables
  --markdown          the summary as a table in Markdown, for shapes or all
  --chart FILE.png    where the chart goes; on a terminal simulate-NAME.png by default
  --days N            only the first N days
  --scale-to MEMBERS  makes the demand so large that its 99.9th percentile needs MEMBERS at 70 % (files: 14)
  --seed N            another run of chance (1)
  --late S            samples come S seconds late
  --silent SHARE      this share of the members never reports, e.g. 0.3
  --tenth             a tenth of the requests, each ten times the work: three times the noise
  --calibrate         find each rival's best single setting over all traces, or with --situation all over all situations

score: member-hours, and 5 for each slow minute: seconds in which more than one in twenty of those who come wait over
0.5 s for a CPU, or some are lost. × clairv.: over the score of one who knows what comes. asked: the most members ever
asked for, before any limit; useful: no size above it helps. Days: members of about 100 requests/s, boots of 45 to 75 s;
visitors give up after 5 s. Agents sleep up to 10 s; the rivals see what their own platforms meter each second.`

/** What was asked for. */
export interface SimulateOptions {
  readonly kind: 'calibrate' | 'all' | 'one' | 'situations'
  readonly trace: string
  /** One of `SITUATIONS`, or all; null: a trace was asked for. */
  readonly situation: string | null
  readonly policy: Partial<Policy>
  /** The policy's file, as typed; null: the defaults. */
  readonly policyName: string | null
  readonly against: readonly Rival['key'][]
  readonly json: boolean
  readonly markdown: boolean
  readonly chart: string | null
  readonly days: number | null
  readonly scaleTo: number | null
  readonly world: WorldSettings
  /** What was asked to be otherwise in whatever world is played. */
  readonly changes: Partial<WorldSettings>
  readonly tenth: boolean
  /** The world is worse than the standard one already. */
  readonly hard: boolean
}

export const OPTIONS = {
  trace: { type: 'string' },
  situation: { type: 'string' },
  policy: { type: 'string' },
  against: { type: 'string', default: 'all' },
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  chart: { type: 'string' },
  days: { type: 'string' },
  'scale-to': { type: 'string' },
  seed: { type: 'string' },
  late: { type: 'string' },
  silent: { type: 'string' },
  tenth: { type: 'boolean', default: false },
  calibrate: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof parseArgs<{ readonly options: typeof OPTIONS }>>['values']

/** Throws `configuration` that names the option and what it takes. */
export async function readOptions(values: Values): Promise<SimulateOptions> {
  const { trace, situation } = values
  if (trace === undefined && situation === undefined && !values.calibrate) {
    throw new SpinupError(
      'configuration',
      'it takes a --trace or a --situation, such as --trace hackernews. --help lists them.',
    )
  }
  if (trace !== undefined && situation !== undefined) {
    throw new SpinupError('configuration', 'it takes a --trace or a --situation, not both')
  }
  checkSituation(situation, values)
  const policy = values.policy === undefined ? {} : await readPolicyFile(values.policy)
  const seed = number('--seed', values.seed, 0, 2 ** 31)
  const lateS = number('--late', values.late, 0, 3600)
  const silentShare = number('--silent', values.silent, 0, 1)
  const several = trace === 'all' || trace === 'shapes'
  const changes: Partial<WorldSettings> = {
    ...(policy.min === undefined ? {} : { min: policy.min }),
    ...(policy.max === undefined ? {} : { max: policy.max }),
    ...(seed === null ? {} : { seed: Math.round(seed) }),
    ...(lateS === null ? {} : { lateS: Math.round(lateS) }),
    ...(silentShare === null ? {} : { silentShare }),
  }
  return {
    kind: values.calibrate ? 'calibrate' : situation !== undefined ? 'situations' : several ? 'all' : 'one',
    trace: trace ?? 'all',
    situation: situation ?? null,
    policy,
    policyName: values.policy ?? null,
    against: rivals(values.against),
    json: values.json,
    markdown: values.markdown,
    chart: values.chart ?? null,
    days: number('--days', values.days, 0.01, 10_000),
    scaleTo: number('--scale-to', values['scale-to'], 0.1, 10_000),
    tenth: values.tenth,
    hard: (lateS ?? 0) > 0 || (silentShare ?? 0) > 0 || values.tenth,
    changes,
    world: {
      ...DEFAULT_WORLD,
      max: Math.max(DEFAULT_WORLD.max, policy.min ?? 0),
      ...changes,
      ...(values.tenth ? { memberRps: DEFAULT_WORLD.memberRps / 10 } : {}),
    },
  }
}

/** Options that are about a trace's size, or a picture of it. */
const OF_TRACES = ['days', 'scale-to', 'tenth', 'chart'] as const

function checkSituation(name: string | undefined, values: Readonly<Record<string, unknown>>): void {
  if (name === undefined) return
  if (name !== 'all' && !SITUATIONS.some((one) => one.name === name)) {
    const known = SITUATIONS.map((one) => one.name).join(', ')
    throw new SpinupError('configuration', `--situation ${name}: it takes ${known}, or all`)
  }
  const idle = OF_TRACES.find((option) => values[option] !== undefined && values[option] !== false)
  if (idle !== undefined) throw new SpinupError('configuration', `--${idle} is for a --trace`)
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
