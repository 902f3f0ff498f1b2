import { readdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { clean } from '../core/model/clean.ts'
import { SpinupError } from '../core/model/error.ts'
import type { About, NamedVisual, Visuals, VisualSpec } from '../core/visual/drawing.ts'
import { aboutOf as aboutOfModule } from './kit/about.ts'
import { file, program } from '../places.ts'
import type { Outcome } from './messages.ts'
import { createPreparation } from './prepare.ts'
import { createSandbox } from './sandbox.ts'

/** Where chats show pictures they are 360 px wide: so large is everything that is sharp at twice that. */
const WIDTH = 540
const SCALE = 2.5
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47])

const BUILT_IN = 'src/visuals/builtin'

/** The shipped visualisations; nothing is started before one is asked for. */
export function createVisuals(): Visuals {
  const preparation = createPreparation()
  const sandbox = createSandbox(preparation)
  const names = readdirSync(file(BUILT_IN))
    .filter((one) => one.endsWith('.ts'))
    .map((one) => one.replace(/\.ts$/, ''))
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
  const draw = async (
    { name, tenant, height, data, options }: VisualSpec,
    theme: 'dark' | 'light',
    scale: number | null,
  ): Promise<Extract<Outcome, { kind: 'drawn' }>> => {
    const canvas = { theme, width: WIDTH, height }
    const outcome = await sandbox.run({
      owner: tenant ?? '',
      visual: { name },
      order: { data, options, canvas },
      scale,
    })
    if (outcome.kind !== 'drawn') throw broken(name, outcome)
    return outcome
  }

  return {
    names,
    all: () => {
      known ??= Promise.all(names.map(aboutOf))
      return known
    },
    describe: async (spec) => clean((await draw(spec, 'dark', null)).alt).slice(0, 1000),
    png: async (spec, theme) => {
      const { png } = await draw(spec, theme, SCALE)
      const bytes = Buffer.from(png ?? '', 'base64')
      if (!bytes.subarray(0, PNG.length).equals(PNG)) throw broken(spec.name, null)
      return new Uint8Array(bytes)
    },
    close: async () => {
      await sandbox.close()
      await preparation.close()
    },
  }
}

function broken(name: string, outcome: Outcome | null): SpinupError {
  const why = outcome?.kind === 'failed' ? outcome.why : 'it drew nothing'
  const line = outcome?.kind === 'failed' && outcome.place !== null ? ` (line ${outcome.place.line})` : ''
  return new SpinupError('badInput', `The visualisation ${name} was not drawn: ${why}${line}.`)
}
