import { commandMeant, takesPool, type CommandWords, type Manners } from '../../chat/grammar.ts'
import { UTC, type TimeZone } from '../../core/model/time-zone.ts'
import type { ErrorView } from '../../core/model/view.ts'
import { BadWords, badWordsView } from '../grammar/bad-words.ts'
import { settingCalled } from '../grammar/changes.ts'
import { spoken } from '../grammar/spoken.ts'
import type { Access } from '../command.ts'
import { command as help } from '../help.ts'
import { COMMANDS } from '../registry.ts'
import { poolCalled } from '../../core/pool/unmanaged.ts'
import { changesNothing } from './access.ts'
import { isSlip, nearCommand } from './near.ts'
import { readMeant, type Parsed, type Pools, type Situation } from './read.ts'
import { answerTo, detailsOf, meantBy, type Meant } from './sayings.ts'

/** A line with more wrong words than this is not corrected word by word. */
const MOST_SLIPS = 4
const LONGEST_LINE = 300
/** Pasted pages are no line. */
const LONGEST_TEXT = 8000

/**
 * Reads a line, with or without `/spinup` before it, as people say it; the name of one of these pools may stand right
 * after the command, or last. A question is answered by a command that changes nothing, or not at all.
 */
export function parseLine(
  text: string,
  now: number,
  zone: TimeZone = UTC,
  pools: Pools = [],
  visuals: readonly string[] = [],
): Parsed {
  const parsed = readLine(text, { now, zone, pools, visuals })
  return parsed.kind === 'request' ? parsed : { kind: 'error', view: rightly(parsed.view, now, zone, pools, visuals) }
}

/** The card with a suggestion that is itself right. */
export function rightly(
  view: ErrorView,
  now: number,
  zone: TimeZone,
  pools: Pools = [],
  visuals: readonly string[] = [],
): ErrorView {
  let { suggestion } = view
  for (let slips = 0; suggestion !== null && slips <= MOST_SLIPS + 1; slips++) {
    const next: Parsed | null =
      suggestion.length > LONGEST_LINE ? null : readLine(suggestion, { now, zone, pools, visuals })
    if (next?.kind === 'request') break
    suggestion = (slips < MOST_SLIPS ? next?.view.suggestion : null) ?? view.example
  }
  return { ...view, suggestion }
}

function readLine(text: string, at: Situation): Parsed {
  if (text.length > LONGEST_TEXT) return refused('That is too long for a line.', '/spinup help', '/spinup status')
  if (isSeveral(text)) return refused('One line at a time, so nothing was changed.', '/spinup help', '/spinup status')
  const { words, question, show, marked } = spoken(text)
  const own = show ? ownPicture(words, at) : null
  if (own !== null) return readMeant(own, at)
  const meant = meantBy(words.length === 0 ? ['help'] : words) ?? behindPool(words, at)
  if (meant !== null && asksHelp(meant, text, at)) return readMeant({ command: help, words: [meant.command.name] }, at)
  const read = meant === null ? null : readMeant(meant, at)
  // `show` is a command as well as how people ask: what follows it may be all of its line.
  if (!question || (show && !marked && meant?.command.name === 'show'))
    return read ?? ofSetting(words) ?? unknown(words, at)
  if (read !== null && isHarmless(read)) return read
  if (show && meant?.command.name === 'show') return unanswered(meant, read)
  // `show NAME of …`, of the team's own name or one that is nearly right: the answer says which there are.
  const picture = show && meant === null ? meantBy(['visual', ...words]) : null
  const ofIt = picture !== null && /^of$/i.test(words[1] ?? '')
  const answer = ofIt ? null : answered(words, at)
  return answer ?? (picture === null ? unanswered(meant, read) : readMeant(picture, at))
}

/** What follows `show` is one of the team's own visualisations, or that of a pool: no word of it is a question's. */
function ownPicture(words: readonly string[], { pools, visuals }: Situation): Meant | null {
  const [first = '', second = ''] = words
  const name = poolCalled(pools, first) === null ? first : second
  return visuals.includes(name.toLowerCase()) ? meantBy(['visual', ...words]) : null
}

/** Whether a command follows another, on a line of its own or behind a `;`: it would read as the reason of the first. */
function isSeveral(text: string): boolean {
  const [first = '', ...rest] = text.split(/\n|;|&&|\|\|/).map((part) => spoken(part).words)
  return (
    first.length > 0 && !/\breason:/i.test(text) && rest.some((words) => words.length > 0 && !isLook(meantBy(words)))
  )
}

function isLook(meant: Meant | null): boolean {
  return meant === null || ('access' in meant.command && meant.command.access === 'read')
}

/** `pin help`, `protect web-2 --help`. */
function asksHelp({ command, words }: Meant, text: string, { pools }: Situation): boolean {
  if (command === help || !/^(-*help|-h)$/i.test(words.at(-1) ?? '')) return false
  return (words.length === 1 && poolCalled(pools, words[0]!) === null) || /[-–—](h|help)\W*$/i.test(text)
}

/** `api status`, `api: up 1`; the name alone is `status`. */
function behindPool([first = '', ...rest]: readonly string[], { pools }: Situation): Meant | null {
  const pool = poolCalled(pools, first.replace(/(?<=.)[:,]$/, ''))
  const meant = pool === null ? null : meantBy(rest.length === 0 ? ['status'] : rest)
  if (pool === null || meant === null || !takesPool(meant.command)) return null
  return { command: meant.command, words: [pool.name, ...meant.words] }
}

/** A question, by the command that knows; null: none does. */
function answered(words: readonly string[], at: Situation): Extract<Parsed, { kind: 'request' }> | null {
  // `the api pool` is a name, no question of which pools there are.
  const answer = answerTo(
    words.filter((word, index) => !/^pool\W*$/i.test(word) || poolCalled(at.pools, words[index - 1] ?? '') === null),
  )
  if (answer === null) return null
  const called = [...new Set(takesPool(answer.command) ? words.map((word) => poolCalled(at.pools, word)?.name) : [])]
  const [one, ...more] = called.filter((name) => name !== undefined)
  const named =
    more.length === 0 ? one : 'pools' in answer.command && answer.command.pools === 'each' ? 'all' : undefined
  for (const details of detailsOf(words)) {
    const wanted = [...answer.words, ...details]
    const read = readMeant({ ...answer, words: named === undefined ? wanted : [named, ...wanted] }, at)
    if (isHarmless(read)) return read
  }
  return null
}

/** A question that no command answers: lines that only look. */
function unanswered(meant: Meant | null, read: Parsed | null): Parsed {
  if (meant === null || meant.command.name === 'help')
    return refused('I have no answer to that.', '/spinup status', '/spinup help')
  const said = read?.kind === 'error' ? read.view.message : 'That reads like a question, so nothing was changed.'
  return refused(said, `/spinup help ${meant.command.name}`, '/spinup status')
}

/** `max 6`, `target=50%`: a setting, whatever command has nearly its name. */
function ofSetting([first = '', ...rest]: readonly string[]): Parsed | null {
  const [typed = '', given] = first.split('=')
  const name = settingCalled(typed)
  if (name === null) return null
  const values = rest.filter((word) => !/^(=|to|is|at)$/i.test(word))
  const [value = ''] = values
  const said = given === undefined && values.length === 1 && /\d|^(on|off)$/i.test(value) ? ` ${name}=${value}` : ''
  const set = given === undefined ? said : ` ${[`${name}=${given}`, ...rest].join(' ')}`
  return refused(`“${name}” is a setting of the policy.`, `/spinup policy${set}`, '/spinup policy')
}

/** No command begins the line: the one whose name was nearly typed, or one that knows about what is said. */
function unknown(words: readonly string[], at: Situation): Parsed {
  const [word = '', ...rest] = words
  const message = `There is no command called “${word}”.`
  const command = nearCommand(word)
  if (command === null) {
    const answer = answered(words, at)
    return refused(message, answer === null ? '/spinup help' : answer.line, '/spinup status')
  }
  const read = readMeant({ command, words: rest }, at)
  const line = ['/spinup', command.name, ...(isSlip(word, command.name) ? rest : [])].join(' ')
  // What was to follow may have slips of its own.
  const isMeant =
    read.kind === 'request' || read.view.suggestion !== null || ('access' in command && command.access === 'read')
  return refused(message, isMeant ? line : `/spinup help ${command.name}`, command.example)
}

function refused(message: string, suggestion: string, example: string): Parsed {
  return { kind: 'error', view: badWordsView(new BadWords(message, suggestion), example) }
}

function isHarmless(read: Parsed): read is Extract<Parsed, { kind: 'request' }> {
  return read.kind === 'request' && changesNothing(read.request)
}

export function mannersOf(text: string): Manners {
  const { words, question, show } = spoken(text.replace(/^run:/, ''))
  const meant = meantBy(words.length === 0 ? ['help'] : words)
  const named = commandMeant(COMMANDS, text) ?? commandMeant(COMMANDS, words.join(' '))
  const command: Partial<Guarded> | null = meant?.command ?? named
  // As lines are read above; with the names of pools a line may be another, but none that reads well without.
  const harmless = (question && !show) || (meant !== null && isHarmless(readMeant(meant, NOWHERE)))
  if (command === null) return { guarded: true, forOne: false, changes: !harmless }
  const { access = 'change', settings, audit, forOne } = command
  const guarded = access === 'change' || settings !== undefined || audit?.vote !== undefined
  return { guarded, forOne: forOne === true, changes: access !== 'read' && !harmless }
}

const NOWHERE: Situation = { now: 0, zone: UTC, pools: [], visuals: [] }

interface Guarded extends CommandWords {
  readonly access: Access
  readonly settings: unknown
  readonly audit: { readonly vote?: unknown }
}
