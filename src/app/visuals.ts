import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { file } from '../places.ts'
import { parseLine } from '../commands/dispatch/line.ts'
import { perform, type Performable } from '../commands/dispatch/perform.ts'
import { meantBy } from '../commands/dispatch/sayings.ts'
import { BadWords } from '../commands/grammar/bad-words.ts'
import { readEvery, type Every } from '../commands/grammar/every.ts'
import type { VisualsChoice } from '../commands/visuals.ts'
import { SpinupError } from '../core/model/error.ts'
import { destinationOf, type Asker, type Place } from '../core/model/platforms.ts'
import { UTC } from '../core/model/time-zone.ts'
import { poolsSeen } from '../engine/reports/live.ts'
import type { Engine } from '../engine/engine.ts'
import type { Services } from '../engine/services.ts'
import { ownVisual } from '../engine/visuals/keep.ts'
import { attemptView, visualsOf } from '../engine/visuals/show.ts'
import type { Saved } from '../core/visual/answers.ts'
import { newName } from '../core/visual/library.ts'
import { chosen, reached, type VisualsCaller, type VisualsService } from '../web/api/service.ts'
import { CONSOLE_CHANNEL } from '../chat/console/chat.ts'
import type { PoolState } from '../core/pool/state.ts'

const EXAMPLES = file('docs/visuals')
/** What an editor of files needs and this one does not. */
const FOR_FILES = /^ *\/\/ @ts-check\n|^ *\/\*\* @(?:type|param) .*\*\/\n|\/\*\* @type \{any\} \*\/ ?/gm

/** The one channel of the console. */
const CONSOLE: Place = { platform: 'console', channel: CONSOLE_CHANNEL, tenant: null }

/** What the page and programs ask of a team's visualisations. Changes are requests as from a chat: guarded, and in the audit. */
export function createVisualsService(services: Services, asked: Engine['asked']): VisualsService {
  const ask = (asker: Asker, choice: VisualsChoice): Promise<unknown> =>
    perform(services, { kind: 'visuals', choice }, asker, { pool: null, action: '' })
  const versionOf = async ({ place }: Asker, name: string): Promise<number> =>
    (await services.ownVisuals.find(place.tenant, name))?.versions[0].number ?? 0
  const change = async (asker: Asker, choice: VisualsChoice & { readonly name: string }): Promise<Saved> => {
    const name = choice.name.toLowerCase()
    const before = await versionOf(asker, name)
    await ask(asker, choice)
    const version = await versionOf(asker, name)
    return { name, version, changed: version !== before }
  }
  /** The asker's own channel, then the others of the team. */
  const placesOf = async ({ place, token }: Asker): Promise<readonly Place[]> => {
    const others = (await services.notices.subscriptions()).map((channel) => channel.place)
    const own = others.filter((one) => one.tenant === place.tenant && destinationOf(one) !== destinationOf(place))
    if (token !== true) return [place, ...own]
    // A token is in no channel; the console is the installation's own team's.
    return place.tenant === null ? [CONSOLE, ...own] : own
  }
  const seen = { pools: (tenant: string | null) => poolsSeen(services, tenant) }
  /** The one that is meant, or the first. Throws `notFound`. */
  const poolFor = async (caller: VisualsCaller, named: string | null): Promise<PoolState> =>
    chosen(seen, caller, named ?? (await reached(seen, caller))[0]?.pool.name)
  return {
    list: async (caller) => {
      const { asker } = caller
      const [visuals, pools, places] = await Promise.all([
        visualsOf(services, asker.place.tenant),
        reached(seen, caller),
        placesOf(asker),
      ])
      const drawn = pools.map(async ({ pool: { id, name } }) => {
        const [stats, texts] = await Promise.all([services.series.statNames(id), services.texts.names(id)])
        return { name, stats, texts }
      })
      return {
        visuals,
        pools: await Promise.all(drawn),
        places: places.map((place) => ({ id: destinationOf(place), label: labelOf(services, place) })),
      }
    },
    one: async ({ asker }, name, version) => {
      const { tenant } = asker.place
      const own = await ownVisual(services, tenant, name, 'any')
      const number = version ?? own.versions[0].number
      const source = await services.ownVisuals.source(tenant, own.name, number)
      if (source === null) throw new SpinupError('notFound', `${own.name} has no version ${number} any more.`)
      return { name: own.name, source, versions: own.versions }
    },
    save: async ({ asker }, wanted, source, over) => {
      const name = newName(wanted, [])
      if (meantBy([name]) !== null || !isReadBack(name)) {
        throw new SpinupError('conflict', `“${name}” means something else in chat; give yours another name.`)
      }
      return change(asker, { kind: 'save', name, source, over })
    },
    undo: ({ asker }, name, version) => change(asker, { kind: 'undo', name, version }),
    remove: async ({ asker }, name) => void (await ask(asker, { kind: 'remove', name })),
    show: async (caller, { name, pool, of, rangeMs, options, every, place: wanted }) => {
      const { asker } = caller
      const places = await placesOf(asker)
      const place = wanted === null ? places[0] : places.find((one) => destinationOf(one) === wanted)
      if (place === undefined) throw new SpinupError('notFound', 'That channel is none of your team’s.')
      const state = await poolFor(caller, pool)
      const show = { visual: name, of, rangeMs, options }
      const request =
        every === null ? ({ kind: 'show', show } as const) : ({ kind: 'show', show, every: timesIn(every) } as const)
      // As if it were typed there.
      const views = await perform(services, request, { ...asker, place }, { pool: state.pool.id, action: '' })
      for (const view of views) {
        await services.notices.put(destinationOf(place), `shown:${services.newId()}`, view, services.now())
      }
      await asked(place)
      const [said] = views
      return said?.kind === 'answer' ? said.title : `Shown in ${labelOf(services, place)}`
    },
    attempt: async (caller, { source, pool, of, rangeMs, options, theme }) => {
      const state = await poolFor(caller, pool)
      const drawn = await attemptView(services, state, source, { of, rangeMs, options }, theme)
      if (drawn.kind === 'failed') {
        const { why, place } = drawn
        return { problem: { message: why, line: place?.line ?? null, column: place?.column ?? null } }
      }
      const { png, alt, leftOut, about } = drawn
      return { drawn: { png: Buffer.from(png).toString('base64'), alt, leftOut, about } }
    },
    examples: async () => {
      const files = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.js'))
      const all = files.map(async (name) => {
        const text = await readFile(join(EXAMPLES, name), 'utf8')
        return { name: basename(name, '.js'), source: text.replaceAll(FOR_FILES, '') }
      })
      // The smallest first.
      return (await Promise.all(all)).toSorted((a, b) => a.source.length - b.source.length)
    },
  }
}

/** `the console`, `Slack C061F7AUR`. */
function labelOf({ platforms }: Services, { platform, channel }: Place): string {
  return platform === 'console' ? 'the console' : `${platforms.labelOf(platform)} ${channel.split('/').at(-1) ?? ''}`
}

/** What stands after `every`. Throws `badInput`. */
function timesIn(every: string): Every {
  try {
    return readEvery(every.trim().split(/\s+/), (words) => words)
  } catch (error) {
    if (!(error instanceof BadWords)) throw error
    throw new SpinupError('badInput', `${error.message} For example: mon 9:00.`, { cause: error })
  }
}

/** Whether the name, where it is typed, is read as that name: `last` and `restore` are words of these lines. */
function isReadBack(name: string): boolean {
  const read = (line: string): unknown => {
    const parsed = parseLine(line, 0, UTC, [], [name])
    return parsed.kind === 'request' ? parsed.request : null
  }
  const [shown, kept] = [read(`show ${name}`), read(`visuals ${name}`)]
  const isSo = (one: unknown, other: Performable): boolean => JSON.stringify(one) === JSON.stringify(other)
  return (
    isSo(shown, { kind: 'show', show: { visual: name, of: [], rangeMs: null, options: {} } }) &&
    isSo(kept, { kind: 'visuals', choice: { kind: 'one', name } })
  )
}
