import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { parseDuration } from '../../core/model/words.ts'
import type { Attempted, Saved, VisualKept, VisualsListed } from '../../core/visual/answers.ts'
import { LIBRARIES } from '../../core/visual/visual.ts'
import { AT, POOL_NAME } from './shapes.ts'
import { verb } from './verb.ts'

const NAME = z.string().min(1).max(80).describe('What it is called')
const SOURCE = z.string().describe('A module of JavaScript, at most 64 KiB: export default { title, needs, draw }')
/** A source of 64 KiB, each letter escaped. Bytes. */
const LONGEST = 400_000
const EXAMPLE = 'export default { title: "Calm", needs: {}, draw: () => [] }'

/** What a picture is of. */
const OF = {
  pool: POOL_NAME.optional().describe('The name of a pool; the only or first one unless given'),
  of: z
    .array(z.string().max(80))
    .max(8)
    .default([])
    .describe('Names of statistics, tags or texts, in place of its own'),
  last: z.string().max(20).optional().describe('How far back: 6h, 1d, 28d; as the module says unless given'),
  options: z.record(z.string().max(32), z.string().max(200)).default({}).describe('Its own options'),
}

const STRINGS = z.array(z.string())
const ABOUT = z.strictObject({
  title: z.string(),
  summary: z.string(),
  needs: z
    .strictObject({
      stats: STRINGS.exactOptional(),
      tags: STRINGS.exactOptional(),
      range: z.string().exactOptional(),
      points: z.number().exactOptional(),
      byMember: z.boolean().exactOptional(),
    })
    .describe('Which data it is given'),
  libraries: z.array(z.enum(LIBRARIES)),
  options: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .describe('With what holds unless given'),
  height: z.number().describe('px of a picture that is 540 wide'),
})
const VERSION = z.strictObject({
  number: z.int(),
  at: AT,
  by: z.string().describe('Who saved it'),
  bytes: z.int(),
  from: z.int().nullable().describe('The version it brought back; null: it was written'),
  about: ABOUT,
})
const SAVED = z.strictObject({
  name: z.string(),
  version: z.int(),
  changed: z.boolean().describe('false: that is what it was already'),
})

const list = verb({
  name: 'list_visuals',
  method: 'GET',
  path: '/api/visuals',
  scope: 'visuals',
  summary: 'The visualisations there are, the pools, statistics and texts they can be of, and where they can be shown',
  input: z.strictObject({}),
  output: z.strictObject({
    visuals: z.array(
      z.strictObject({ name: z.string(), about: ABOUT, version: z.int().nullable().describe('null: it is shipped') }),
    ),
    pools: z.array(z.strictObject({ name: z.string(), stats: STRINGS, texts: STRINGS })),
    places: z.array(z.strictObject({ id: z.string(), label: z.string() })),
  }),
  changes: false,
  run: ({ visuals }, caller): Promise<VisualsListed> => visuals.list(caller),
})

const save = verb({
  name: 'save_visual',
  method: 'POST',
  path: '/api/visuals',
  scope: 'visuals',
  summary: 'Keeps a module as the newest version of that name, once it loads',
  input: z.strictObject({
    name: z.string().max(80).describe('2 to 32 small letters, digits and dashes'),
    source: SOURCE,
    over: z
      .int()
      .min(0)
      .optional()
      .describe('Only over this version, which it was made from (0: only where there is none); 409 when it is another'),
  }),
  output: SAVED,
  example: { name: 'calm', source: EXAMPLE },
  longest: LONGEST,
  changes: true,
  run: ({ visuals }, caller, { name, source, over = null }): Promise<Saved> => visuals.save(caller, name, source, over),
})

const attempt = verb({
  name: 'attempt_visual',
  method: 'POST',
  path: '/api/visuals/attempt',
  scope: 'visuals',
  summary: 'Draws a module that is being written, and keeps nothing',
  input: z.strictObject({ source: SOURCE.max(200_000), theme: z.enum(['dark', 'light']).default('dark'), ...OF }),
  output: z.union([
    z.strictObject({
      drawn: z.strictObject({
        png: z.string().describe('The picture, base64; empty over MCP, where it is an image beside this'),
        alt: z.string().describe('What is on it in words'),
        leftOut: STRINGS.describe('What was left out of its SVG, as it is not allowed'),
        about: ABOUT,
      }),
    }),
    z.strictObject({
      problem: z.strictObject({ message: z.string(), line: z.int().nullable(), column: z.int().nullable() }),
    }),
  ]),
  longest: LONGEST,
  changes: false,
  run: ({ visuals }, caller, { pool = null, last, ...order }): Promise<Attempted> =>
    visuals.attempt(caller, { ...order, pool, rangeMs: rangeIn(last) }),
  picture: (answer) => {
    if (!('drawn' in answer)) return null
    const { drawn } = answer
    return { png: drawn.png, rest: { drawn: { ...drawn, png: '' } } }
  },
})

const one = verb({
  name: 'get_visual',
  method: 'GET',
  path: '/api/visuals/{name}',
  scope: 'visuals',
  summary: 'One of the team’s own: its versions, newest first, and the source of one',
  input: z.strictObject({ name: NAME, version: z.int().positive().optional().describe('The newest unless given') }),
  output: z.strictObject({ name: z.string(), source: z.string(), versions: z.tuple([VERSION], VERSION) }),
  changes: false,
  run: ({ visuals }, caller, { name, version = null }): Promise<VisualKept> => visuals.one(caller, name, version),
})

const remove = verb({
  name: 'remove_visual',
  method: 'DELETE',
  path: '/api/visuals/{name}',
  scope: 'visuals',
  summary: 'Removes one; it can be brought back until its place is needed',
  input: z.strictObject({ name: NAME }),
  output: z.strictObject({ removed: z.string() }),
  changes: true,
  run: async ({ visuals }, caller, { name }) => {
    await visuals.remove(caller, name)
    return { removed: name }
  },
})

const undo = verb({
  name: 'undo_visual',
  method: 'POST',
  path: '/api/visuals/{name}/undo',
  scope: 'visuals',
  summary: 'Brings an earlier version back as a new one, or what was removed',
  input: z.strictObject({
    name: NAME,
    version: z.int().positive().optional().describe('The one before unless given'),
  }),
  output: SAVED,
  example: { name: 'calm', version: 2 },
  changes: true,
  run: ({ visuals }, caller, { name, version = null }): Promise<Saved> => visuals.undo(caller, name, version),
})

const show = verb({
  name: 'show_visual',
  method: 'POST',
  path: '/api/visuals/{name}/show',
  scope: 'visuals',
  summary: 'Shows one in a channel, now or from now on again and again',
  input: z.strictObject({
    name: NAME,
    ...OF,
    every: z.string().max(80).optional().describe('From now on at these times: mon 9:00, day 18:30'),
    place: z.string().max(200).optional().describe('The id of a place in list_visuals; the first there unless given'),
  }),
  output: z.strictObject({ text: z.string().describe('What was said of it there') }),
  example: { name: 'wordcloud', of: ['tags'], last: '1d', every: 'mon 9:00' },
  changes: true,
  run: async ({ visuals }, caller, { pool = null, last, every = null, place = null, ...order }) => ({
    text: await visuals.show(caller, { ...order, pool, every, place, rangeMs: rangeIn(last) }),
  }),
})

const examples = verb({
  name: 'list_visual_examples',
  method: 'GET',
  path: '/api/visual-examples',
  scope: 'visuals',
  summary: 'Modules to begin with, the smallest first',
  input: z.strictObject({}),
  output: z.strictObject({ examples: z.array(z.strictObject({ name: z.string(), source: z.string() })) }),
  changes: false,
  run: async ({ visuals }) => ({ examples: await visuals.examples() }),
})

export const VISUALS_VERBS = [list, save, attempt, one, remove, undo, show, examples]

/** ms; null: nothing is said. Throws `badInput`. */
function rangeIn(last = ''): number | null {
  if (last === '') return null
  const rangeMs = parseDuration(last)
  if (rangeMs === null) throw new SpinupError('badInput', `“${last}” is not a duration; write 6h, 1d or 28d.`)
  return rangeMs
}
