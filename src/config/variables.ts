import { z, type ZodType } from 'zod'
import { BALANCERS, CHATS, CLOUDS } from '../registry/registry.ts'
import { VARIABLES } from './read-config.ts'

/** A variable of the environment; its words stand beside its schema. */
export interface Variable {
  readonly name: string
  /** A sentence. */
  readonly about: string
  /** What it is where it is not set, or how one looks; empty: a secret, or a name of one's own. */
  readonly example: string
}

/** Every variable that Spinup reads, by who reads it. */
export function variables(): readonly { readonly title: string; readonly variables: readonly Variable[] }[] {
  const adapters = [
    ...CLOUDS,
    ...CHATS,
    ...BALANCERS.filter(({ name }) => !CLOUDS.some((cloud) => cloud.name === name)),
  ]
  return [{ label: 'Spinup', environment: VARIABLES }, ...adapters]
    .map(({ label, environment }) => ({ title: label, variables: variablesOf(environment) }))
    .filter((group) => group.variables.length > 0)
}

const Words = z.object({ about: z.string(), example: z.string() })

/** One without words is said by another's schema. */
function variablesOf(schema: ZodType): readonly Variable[] {
  if (schema instanceof z.ZodPipe) return variablesOf(schema.in as ZodType)
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape as Readonly<Record<string, ZodType>>).flatMap(([name, field]) => {
    const words = Words.safeParse(field.meta())
    return words.success ? [{ name, ...words.data }] : []
  })
}

const HEAD = `# What Spinup is given from outside. Copy it to .env in the folder that it is started in, and keep it to yourself:
#   cp manifests/example.env .env && chmod 600 .env
# or let \`npm run init\` write one. Every line is optional; what is left out is as shown, or off. What is set in the
# environment itself goes before this file.`

/** The example file, of every variable there is. */
export function exampleFile(): string {
  const groups = variables().map(({ title, variables: all }) =>
    [`# ── ${title}`, ...all.map(({ name, about, example }) => `# ${about}\n#${name}=${example}`)].join('\n\n'),
  )
  return `${[HEAD, ...groups].join('\n\n')}\n`
}
