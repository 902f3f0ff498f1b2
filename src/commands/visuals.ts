import { answer, isDone } from '../core/model/answer.ts'
import { listed } from '../core/cards/words.ts'
import type { Action, AnswerView, Field } from '../core/model/view.ts'
import { timesInWords } from '../core/notify/channel.ts'
import type { OwnVisual, VisualVersion } from '../core/visual/library.ts'
import { capital, duration, plural } from '../core/model/words.ts'
import { ownVisual, removeVisual, saveVisual, undoVisual, type NewSource } from '../engine/visuals/keep.ts'
import { scheduledIn, stopAction, stopShow } from '../engine/visuals/schedule.ts'
import { visualsOf } from '../engine/visuals/show.ts'
import { timeOfDay, timeZoneOf } from '../core/model/time-zone.ts'
import type { Command, Here } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { meaningful, readEnd, readId } from './grammar/words.ts'

/** What is wanted of a team's own visualisations; `save` is never typed: its source comes from the editor or a folder. */
export type VisualsChoice =
  | { readonly kind: 'list' }
  | { readonly kind: 'one'; readonly name: string }
  | ({ readonly kind: 'save' } & NewSource)
  /** null: the version before. */
  | { readonly kind: 'undo'; readonly name: string; readonly version: number | null }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'schedules' }
  | { readonly kind: 'stop'; readonly id: string }

export interface VisualsWish {
  readonly kind: 'visuals'
  readonly choice: VisualsChoice
}

const EXAMPLE = '/spinup show wordcloud of tags last 1d'
const LOOKS: ReadonlySet<VisualsChoice['kind']> = new Set(['list', 'one', 'schedules'])

export const command: Command<VisualsWish> = {
  name: 'visuals',
  task: 'look',
  aliases: 'visualisations, visualizations',
  phrases: {
    schedules: 'schedules, scheduled, scheduled pictures, scheduled shows',
    'remove *': 'remove visual *, delete visual *, remove visualisation *',
    'stop *': 'stop schedule *, cancel schedule *, unschedule *',
  },
  summary: 'the visualisations there are, the versions of your own, and what this channel gets regularly',
  usage: 'visuals [NAME | undo NAME [VERSION] | remove NAME | schedules]',
  example: '/spinup visuals',
  parse: (words) => ({ kind: 'visuals', choice: read(words) }),
  options: [
    {
      name: 'visual',
      summary: 'One of your own: its versions; or undo or remove and its name, or schedules',
      kind: 'text',
      offers: ({ visuals = [] }) => [...visuals.filter(({ own }) => own).map(({ name }) => name), ...VERBS],
    },
  ],
  next: ([first, ...rest], { visuals = [] }) => {
    const own = visuals.filter((one) => one.own).map(({ name }) => name)
    if (first === undefined) return [...own, ...VERBS]
    return rest.length === 0 && /^(undo|remove)$/i.test(first) ? own : []
  },
  reads: ({ choice }) => LOOKS.has(choice.kind),
  sets: ({ choice }) => choice.kind === 'stop',
  needs: 'nothing',
  audit: { words: ({ choice }) => wordsOf(choice), beside: isDone },
  run: async (here, { choice }) => [await answerTo(here, choice)],
}

const VERBS = ['undo', 'remove', 'schedules']

function read(words: readonly string[]): VisualsChoice {
  const [first, ...rest] = meaningful(words)
  if (first === undefined) return { kind: 'list' }
  switch (first.toLowerCase()) {
    case 'undo':
    case 'restore': {
      const { name, after } = readName(rest, 'undo')
      const [number, ...more] = after.filter((word) => !/^(to|version)$/i.test(word))
      readEnd(more)
      const version = number === undefined ? null : Number(/^v?(\d{1,6})$/i.exec(number)?.[1] ?? Number.NaN)
      if (Number.isNaN(version))
        throw new BadWords(`“${number ?? ''}” is not a version.`, `/spinup visuals undo ${name}`)
      return { kind: 'undo', name, version }
    }
    case 'remove':
    case 'rm':
    case 'delete': {
      const { name, after } = readName(rest, 'remove')
      readEnd(after)
      return { kind: 'remove', name }
    }
    case 'schedules':
    case 'schedule':
    case 'scheduled':
      readEnd(rest)
      return { kind: 'schedules' }
    case 'stop': {
      const id = readId(rest, 'picture that comes regularly', '/spinup visuals schedules')
      if (id === null) throw new BadWords('Stop which?', '/spinup visuals schedules')
      return { kind: 'stop', id }
    }
    default: {
      readEnd(rest)
      return { kind: 'one', name: first.toLowerCase().slice(0, 80) }
    }
  }
}

function readName(
  [name, ...after]: readonly string[],
  verb: string,
): { readonly name: string; readonly after: readonly string[] } {
  if (name === undefined) throw new BadWords(`${capital(verb)} which?`, '/spinup visuals')
  return { name: name.toLowerCase().slice(0, 80), after }
}

/** As it is typed. */
function wordsOf(choice: VisualsChoice): string {
  switch (choice.kind) {
    case 'list':
    case 'schedules':
      return choice.kind === 'list' ? '' : choice.kind
    case 'one':
      return choice.name
    case 'save':
      return `save ${choice.name} (${plural(Buffer.byteLength(choice.source), 'byte')})`
    case 'undo':
      return `undo ${choice.name} ${choice.version ?? ''}`.trim()
    case 'remove':
      return `remove ${choice.name}`
    case 'stop':
      return `stop ${choice.id}`
  }
}

async function answerTo(here: Here, choice: VisualsChoice): Promise<AnswerView> {
  const { services, asker, actor } = here
  const { tenant } = asker.place
  const owner = { tenant, actor }
  switch (choice.kind) {
    case 'list':
      return visualsList(here)
    case 'one':
      return versionsOf(here, await ownVisual(services, tenant, choice.name, 'any'))
    case 'save': {
      // After `show` a pool's name would be read as that pool.
      const taken = here.pools.map(({ pool }) => pool.name)
      const saved = await saveVisual(services, owner, choice, taken)
      if (saved === null) return answer('info', `${choice.name} is kept like this already`, 'Nothing was changed.')
      return changed(saved, `${saved.name} is kept`, `It is version ${saved.versions[0].number}.`)
    }
    case 'undo': {
      const back = await undoVisual(services, owner, choice.name, choice.version)
      const { from, number } = back.versions[0]
      return changed(
        back,
        `${back.name} is as in version ${from ?? number} again`,
        `That is its version ${number} now.`,
      )
    }
    case 'remove': {
      const gone = await removeVisual(services, owner, choice.name)
      const text = 'Pictures that it drew stay. It can be brought back until its place is needed for another.'
      return answer('good', `${gone.name} is removed`, text, [undoAction(gone)])
    }
    case 'schedules':
      return schedules(here)
    case 'stop': {
      const { visual } = await stopShow(services, asker.place, choice.id)
      return answer('good', `${visual} does not come to this channel any more`, '')
    }
  }
}

/** Which there are: what the team wrote, then what is shipped. */
export async function visualsList({ services, asker }: Pick<Here, 'services' | 'asker'>): Promise<AnswerView> {
  const all = await visualsOf(services, asker.place.tenant)
  const fields = all.map(({ name, about, version }): Field => {
    const what = about.summary || about.title
    return { name, value: version === null ? what : `yours, version ${version}: ${what}` }
  })
  return answer(
    'info',
    'What can be shown',
    `For example \`${EXAMPLE}\`.${page(services, asker, 'Write your own')}`,
    [],
    fields,
  )
}

/** Where they are written: a page of the installation's own team alone. */
function page({ publicUrl }: Here['services'], { place }: Here['asker'], what: string, name = ''): string {
  return place.tenant === null ? ` ${what} at ${publicUrl}/visuals${name === '' ? '' : `#${name}`}.` : ''
}

async function versionsOf(here: Here, own: OwnVisual): Promise<AnswerView> {
  const { versions, removedAt, name } = own
  const now = here.services.now()
  const zone = timeZoneOf(await here.timeZone())
  const field = ({ number, at, by, from, bytes }: VisualVersion): Field => {
    const how = from === null ? plural(bytes, 'byte') : `version ${from} again`
    return { name: `Version ${number}`, value: `${timeOfDay(at, now, zone)}, ${by}, ${how}` }
  }
  const { about } = versions[0]
  const gone = removedAt === null ? '' : 'It was removed; undo brings it back. '
  const where = removedAt === null ? page(here.services, here.asker, 'Edit it', name) : ''
  const text = `${gone}${capital(about.summary || about.title)}. \`/spinup show ${name}\` draws it.${where}`
  return answer('info', `${name}: ${plural(versions.length, 'version')}`, text, actionsOf(own), versions.map(field))
}

function changed(own: OwnVisual, title: string, text: string): AnswerView {
  return answer('good', title, text, [
    { action: `run:/spinup show ${own.name}`, label: 'Show', style: 'primary' },
    ...actionsOf(own),
  ])
}

function actionsOf(own: OwnVisual): readonly Action[] {
  const { versions, removedAt, name } = own
  return [
    ...(removedAt !== null || versions.length > 1 ? [undoAction(own)] : []),
    ...(removedAt === null
      ? [{ action: `run:/spinup visuals remove ${name}`, label: 'Remove', style: 'danger' } as const]
      : []),
  ]
}

/** To the version that is before what there is now, whatever becomes of it until it is pressed. */
function undoAction({ name, versions, removedAt }: OwnVisual): Action {
  const [newest, before] = versions
  const to = removedAt === null ? before : newest
  return { action: `run:/spinup visuals undo ${name} ${to?.number ?? ''}`.trim(), label: 'Undo', style: 'plain' }
}

async function schedules({ services, asker, pools }: Here): Promise<AnswerView> {
  const shows = await scheduledIn(services, asker.place)
  const example = `\`${EXAMPLE} every mon 9:00\``
  if (shows.length === 0) return answer('info', 'This channel gets no picture regularly', `To get one: ${example}.`)
  const fields = shows.map(({ visual, of, rangeMs, options, poolId, by, ...times }, index): Field => {
    const pool = pools.find(({ pool: { id } }) => id === poolId)?.pool.name ?? poolId
    const what = [visual, ...(of.length === 0 ? [] : [`of ${listed(of)}`]), `of pool ${pool}`].join(' ')
    // Two of the same differ in these alone.
    const how = [
      ...(rangeMs === null ? [] : [`last ${duration(rangeMs)}`]),
      ...Object.entries(options).map(([name, value]) => `${name}=${value}`),
    ]
    return { name: `${index + 1}. ${what}`, value: [timesInWords(times), ...how, `requested by ${by}`].join(', ') }
  })
  const stops = shows.map((show, index) => stopAction(show, `Stop ${index + 1}`))
  return answer('info', `This channel gets ${plural(shows.length, 'picture')} regularly`, '', stops, fields)
}
