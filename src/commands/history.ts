import type { Asker, Platforms } from '../core/model/platforms.ts'
import type { Actor, Pool } from '../core/model/pool.ts'
import type { HistoryView, Tone, View } from '../core/model/view.ts'
import type { AuditEntry, AuditOutcome } from '../core/model/audit.ts'
import { answer } from '../core/model/answer.ts'
import { inDigits } from '../core/model/words.ts'
import type { Services } from '../engine/services.ts'
import type { Command, Reading } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readUntilNow } from './grammar/past.ts'
import { meaningful, readCount } from './grammar/words.ts'
import { cut } from '../core/model/letters.ts'

const USUAL = 15
const MOST = 200

/** `person`: a name, a mention, or `me`; `rangeMs`: no older; `refused`: what was refused as well. */
export interface HistoryWish {
  readonly kind: 'history'
  readonly count: number
  readonly person?: string
  readonly rangeMs?: number
  readonly refused?: true
}

export const command: Command<HistoryWish> = {
  name: 'history',
  task: 'look',
  aliases: 'logs, log, audit, events, activity, journal, changes, timeline, recent',
  phrases: { '': 'who did what', '*': 'last *' },
  asks: {
    '':
      'who, when, what changed, what did change, history, log, event, last change, last scale, audit, activity, ' +
      'how often, what did, changed, what happened last, what happened today, what happened yesterday, ' +
      'what happened night, happen, did scale, did anything, did anyone',
  },
  summary: 'who did what, when and from where, newest first',
  usage: 'history [COUNT] [all] [of PERSON] [last DURATION]',
  example: '/spinup history 20 of Ada',
  parse: read,
  options: [
    { name: 'count', summary: 'How many entries', kind: 'count' },
    {
      name: 'all',
      summary: 'What was refused as well',
      kind: 'text',
      choices: ['all'],
    },
    {
      name: 'person',
      summary: 'Of one person; leave it out for everybody',
      kind: 'text',
      offers: () => ['me', 'Spinup'],
      words: (value) => `of ${value}`,
    },
    {
      name: 'last',
      summary: 'How far back: 2h, 7d; leave it out for any time',
      kind: 'text',
      offers: () => ['1h', '1d', '7d'],
      words: (value) => `last ${value}`,
    },
  ],
  next: (words) => {
    if (words.at(-1) === 'of') return ['me', 'Spinup']
    if (words.at(-1) === 'last') return ['1h', '1d', '7d']
    return words.includes('of') ? ['last'] : words.length === 0 ? ['of', 'all', 'last', '50'] : ['of', 'last']
  },
  access: 'read',
  needs: 'nothing',
  pools: 'one',
  run: async ({ services, state, asker }, wish) => [await history(services, state?.pool ?? null, wish, asker)],
}

const LONGEST_NAME = 80
const LONGEST_MS = 365 * 86_400_000

function read(words: readonly string[], reading: Reading): HistoryWish {
  const { rangeMs, rest } = readUntilNow(words, reading, LONGEST_MS, (range, others) =>
    ['/spinup', 'history', ...others, 'last', range].join(' '),
  )
  const at = rest.findIndex(isOf)
  const before = meaningful(at < 0 ? rest : rest.slice(0, at))
  const refused = before.some((word) => /^(all|everything|refused)$/i.test(word))
  const [first, second] = before.filter((word) => !/^(all|everything|refused|entries|events|changes)$/i.test(word))
  if (first !== undefined && /^[\p{L}<@]/u.test(inDigits(first))) {
    throw new BadWords(`“${first}” is not a count.`, `/spinup history of ${before.join(' ')}`)
  }
  const count = first === undefined ? USUAL : Math.min(MOST, readCount(first, 'a count', 1))
  if (second !== undefined) {
    throw new BadWords(`I do not understand “${second}”.`, `/spinup history ${count} of ${second}`)
  }
  const said = at < 0 ? [] : rest.slice(at + 1)
  const person = meaningful(said).length === 0 ? undefined : cut(said.join(' '), LONGEST_NAME)
  if (at >= 0 && said.length === 0) throw new BadWords('Of whom?', `/spinup history ${count} of me`)
  return {
    kind: 'history',
    count,
    ...(person === undefined ? {} : { person: /^(me|myself|mine)$/i.test(person) ? 'me' : person }),
    ...(rangeMs === null ? {} : { rangeMs }),
    ...(refused ? { refused } : {}),
  }
}

function isOf(word: string): boolean {
  return /^(of|by|from)$/i.test(word)
}

type Line = HistoryView['entries'][number]

/** What Spinup notes of the record itself. */
const OF_ALL: ReadonlySet<string> = new Set(['setBack', 'restore'])

/** A scale event is two entries, its beginning and its end, shown as one line. */
const MORE = 2
const WITHIN = 20_000

/**
 * Who did what, when and from where, newest first; `person`: that one alone (`me`: the one who asks). Where there is no pool
 * (any more), of all that the team has done.
 */
async function history(
  services: Services,
  pool: Pool | null,
  wish: HistoryWish,
  { actor: asker, place: { tenant } }: Asker,
): Promise<View> {
  const others = new Set<string>()
  let refused = 0
  const here = (entry: AuditEntry): boolean =>
    entry.kind !== 'cut' &&
    (entry.pool === null || pool === null
      ? entry.tenant === tenant && (entry.place !== null || entry.pool !== null || OF_ALL.has(entry.action))
      : entry.pool.id === pool.id)
  const person = wish.person === 'me' ? asker.id : (wish.person ?? null)
  const found = await services.auditLog.newest(
    (wish.count + 1) * MORE,
    (entry) => {
      if (!here(entry)) return false
      if (wish.refused !== true && isRefusedTyping(entry)) {
        refused++
        return false
      }
      if (person === null || isWho(entry.actor, person, services.platforms)) return true
      if (others.size < MOST_NAMES) others.add(entry.actor.name)
      return false
    },
    { within: WITHIN, ...(wish.rangeMs === undefined ? {} : { sinceAt: services.now() - wish.rangeMs }) },
  )
  if (found.length === 0 && person !== null) {
    const names = [...others].join(', ')
    const known = names === '' ? 'Nobody has done anything yet.' : `There is something of ${names}.`
    const who = wish.person === 'me' ? 'you' : (wish.person ?? '')
    return answer('info', `Nothing of ${who} is kept`, known)
  }
  return {
    kind: 'history',
    pool: pool?.name ?? 'Spinup',
    entries: together(found, services.platforms, pool === null).slice(0, wish.count),
    ...(refused === 0 ? {} : { refused }),
  }
}

const MOST_NAMES = 8

/** What somebody asked for and was not given: nothing came of it. */
function isRefusedTyping({ kind, outcome }: AuditEntry): boolean {
  return kind === 'request' && outcome === 'refused'
}

/** By id, by a mention of it, or by name, of which the beginning is enough. */
function isWho(actor: Actor, person: string, platforms: Platforms): boolean {
  const id = platforms.read(person)
  if (id !== null) return actor.id === id
  const wanted = person.replace(/^@/, '').toLowerCase()
  const name = actor.name.toLowerCase()
  return (
    actor.id.toLowerCase() === wanted ||
    name === wanted ||
    name.split(/\s+/).some((word) => word === wanted) ||
    name.startsWith(wanted)
  )
}

/** Newest first; `ofAll`: each names its pool. The end of a scale event takes the place of its beginning, which says who wanted it and from where. */
function together(entries: readonly AuditEntry[], platforms: Platforms, ofAll: boolean): readonly Line[] {
  const lines: Line[] = []
  const ends = new Map<string, number>()
  for (const entry of entries) {
    const { episode } = entry
    const end = episode === null || isEnd(entry) ? undefined : ends.get(episode)
    const ended = end === undefined ? undefined : lines[end]
    if (end !== undefined && ended !== undefined) {
      lines[end] = { ...ended, actor: entry.actor, ...whereOf(entry, platforms) }
      continue
    }
    if (episode !== null && isEnd(entry)) ends.set(episode, lines.length)
    lines.push({
      at: entry.at,
      actor: entry.actor,
      what: entry.what,
      outcome: outcomeOf(entry),
      tone: isEnd(entry) && entry.outcome === 'done' ? 'good' : TONES[entry.outcome],
      ...(ofAll && entry.pool !== null ? { pool: entry.pool.name } : {}),
      ...whereOf(entry, platforms),
    })
  }
  return lines
}

function isEnd({ kind, action, outcome }: AuditEntry): boolean {
  return kind === 'event' && (action === 'scaleOut' || action === 'scaleIn') && outcome !== 'begun'
}

const TONES: Readonly<Record<AuditOutcome, Tone>> = {
  done: 'info',
  begun: 'info',
  nothing: 'info',
  refused: 'warn',
  failed: 'bad',
  unknown: 'warn',
}
const WORDS: Readonly<Record<AuditOutcome, string>> = {
  done: '',
  begun: 'in progress',
  nothing: 'nothing to do',
  refused: 'refused',
  failed: 'failed',
  unknown: 'not known how it ended',
}

function outcomeOf({ outcome, told }: AuditEntry): string {
  if (told === '') return WORDS[outcome]
  return outcome === 'done' || outcome === 'begun' || outcome === 'nothing' ? told : `${WORDS[outcome]}: ${told}`
}

/** The platform's name; the channel is in the export, for it says nothing to people. */
function whereOf({ place }: AuditEntry, { labelOf }: Platforms): Pick<Line, 'where'> {
  if (place === null) return {}
  return { where: place.platform === 'console' ? 'the console' : labelOf(place.platform) }
}
