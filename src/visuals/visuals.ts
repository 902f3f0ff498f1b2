import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { clean } from '../core/model/clean.ts'
import { SpinupError } from '../core/model/error.ts'
import { parseDuration } from '../core/model/words.ts'
import type { About, NamedVisual, Problem, Visuals, VisualSpec } from '../core/visual/drawing.ts'
import { LIBRARIES } from '../core/visual/visual.ts'
import { aboutOf as aboutOfModule } from './kit/about.ts'
import { program } from '../places.ts'
import { exportOf, type Outcome } from './messages.ts'
import { createPreparation } from './prepare.ts'
import { createSandbox } from './sandbox.ts'

/** Where chats show pictures they are 360 px wide: so large is everything that is sharp at twice that. */
const WIDTH = 540
const SCALE = 2.5
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47])

const BUILT_IN = 'src/visuals/builtin'

/** The shipped visualisations and those of teams; nothing is started before one is asked for. */
export function createVisuals(): Visuals {
  const preparation = createPreparation()
  const sandbox = createSandbox(preparation)
  const names = readdirSync(dirname(program(`${BUILT_IN}/histogram.ts`)))
    .filter((one) => /\.[jt]s$/.test(one))
    .map((one) => one.slice(0, -3))
    .toSorted()
  let known: Promise<readonly NamedVisual[]> | null = null

  /** They are ours, and so need no sandbox to say what they are. */
  const aboutOf = async (name: string): Promise<NamedVisual> => {
    const module = (await import(pathToFileURL(program(`${BUILT_IN}/${name}.ts`)).href)) as {
      readonly default: unknown
    }
    // Written by `aboutOf` alone.
    return { name, about: JSON.parse(aboutOfModule(module.default)) as About }
  }
  const run = (
    { name, source, tenant, height, data, options }: VisualSpec,
    theme: 'dark' | 'light',
    scale: number | null,
  ): Promise<Outcome> =>
    sandbox.run({
      owner: tenant ?? '',
      visual: source === undefined ? { name } : { source },
      order: { data, options, canvas: { theme, width: WIDTH, height } },
      scale,
    })
  const draw = async (...order: Parameters<typeof run>): Promise<Extract<Outcome, { kind: 'drawn' }>> => {
    const outcome = await run(...order)
    if (outcome.kind === 'drawn') return outcome
    throw new SpinupError('badInput', `The visualisation ${order[0].name} was not drawn: ${wordsOf(outcome)}.`)
  }

  return {
    names,
    all: () => {
      known ??= Promise.all(names.map(aboutOf))
      return known
    },
    describe: async (spec) => altOf((await draw(spec, 'dark', null)).alt),
    check: async (tenant, source) => {
      const outcome = await sandbox.run({ owner: tenant ?? '', visual: { source }, order: null, scale: null })
      if (outcome.kind !== 'about') return problemOf(outcome)
      const about = ABOUT.safeParse(outcome.about)
      return about.success ? about.data : { kind: 'failed', why: misfit(about.error), place: exportOf(source) }
    },
    attempt: async (spec, theme) => {
      const outcome = await run(spec, theme, SCALE)
      if (outcome.kind !== 'drawn') return problemOf(outcome)
      const png = pngOf(outcome.png)
      return png === null
        ? problemOf(null)
        : { kind: 'drawn', png, alt: altOf(outcome.alt), leftOut: outcome.leftOut.slice(0, 20) }
    },
    png: async (spec, theme) => {
      const png = pngOf((await draw(spec, theme, SCALE)).png)
      if (png !== null) return png
      throw new SpinupError('badInput', `The visualisation ${spec.name} was not drawn: ${wordsOf(null)}.`)
    },
    close: async () => {
      await sandbox.close()
      await preparation.close()
    },
  }
}

const name = z.string().min(1).max(80)
/** What a module says of itself comes from code of anybody: only what has this shape is used. */
const ABOUT = z.object({
  title: z.string().trim().min(1).max(120).transform(clean),
  summary: z.string().max(200).transform(clean),
  needs: z.object({
    stats: z.array(name).max(16).exactOptional(),
    tags: z.array(name).max(16).exactOptional(),
    range: z
      .string()
      .max(20)
      .refine((text) => parseDuration(text) !== null, 'it is a duration, such as 6h, 1d or 28d')
      .exactOptional(),
    points: z.number().exactOptional(),
    byMember: z.boolean().exactOptional(),
  }),
  libraries: z.array(z.enum(LIBRARIES)),
  options: z
    .record(
      z.string().regex(/^\w{1,32}$/, 'names are letters, digits and _, at most 32'),
      z.union([z.string().max(200), z.number(), z.boolean()]),
    )
    .refine((options) => Object.keys(options).length <= 24, 'there may be 24'),
  height: z.number().min(120).max(600),
})

function misfit({ issues: [issue] }: z.ZodError): string {
  const where = issue?.path.join('.') ?? ''
  return `its ${where === '' ? 'export' : where} is not as it has to be: ${issue?.message ?? ''}`.replace(/\.$/, '')
}

function altOf(text: string): string {
  return clean(text).slice(0, 1000)
}

/** null: that is none. */
function pngOf(base64: string | null): Uint8Array | null {
  const bytes = Buffer.from(base64 ?? '', 'base64')
  return bytes.subarray(0, PNG.length).equals(PNG) ? new Uint8Array(bytes) : null
}

function problemOf(outcome: Outcome | null): Problem {
  const why = outcome?.kind === 'failed' ? clean(outcome.why) : 'it drew nothing'
  return { kind: 'failed', why, place: outcome?.kind === 'failed' ? outcome.place : null }
}

function wordsOf(outcome: Outcome | null): string {
  const { why, place } = problemOf(outcome)
  return place === null ? why : `${why} (line ${place.line})`
}
