import { plain } from '../../src/chat/console/plain.ts'
import { renderDiscord } from '../../src/chat/discord/render/compose.ts'
import { renderSlack } from '../../src/chat/slack/render/render.ts'
import { EMOJI } from '../../src/core/cards/words.ts'
import type { Tone, View } from '../../src/core/model/view.ts'
import { renderView } from '../../src/web/console/views/render.ts'
import { flat } from './lit-words.ts'

/** What a person takes from a card, wherever it is read. */
export interface Said {
  readonly tone: Tone
  readonly headline: string
  /** Every number on it, instants and what is counted from them left out. */
  readonly numbers: readonly string[]
}

export const READERS = ['Slack', 'Discord', 'console', 'plain'] as const
export type Reader = (typeof READERS)[number]

/** How people read a mark where there is no colour. */
const READ: Readonly<Record<Tone, readonly string[]>> = {
  good: ['✅', '🟢', '✓'],
  warn: ['⚠️', '🟡', '🟠', '❓', '🙋', '⏹️', '!', '?'],
  bad: ['❌', '🔴', '🛑', '🚫', '✗'],
  info: [],
}
const COLOURS: Readonly<Record<number, Tone>> = {
  0x3b82f6: 'info',
  0x2ea043: 'good',
  0xf59e0b: 'warn',
  0xe5484d: 'bad',
}

/** Everything that may stand before a headline. */
const SIGNS = [...Object.values(EMOJI), ...Object.values(READ).flat(), '·', '…']

/** Each platform's own rendering, read back; buttons and choices have digits of their own and are left out. */
export function said(card: View, now: number): Readonly<Record<Reader, Said>> {
  const view = { ...card, ...('actions' in card ? { actions: [] } : {}), ...('choices' in card ? { choices: [] } : {}) }
  return {
    Slack: slack(view as View, now),
    Discord: discord(view as View, now),
    console: page(view as View, now),
    plain: terminal(view as View, now),
  }
}

/** What is not the same on all of them, one line each: `tone: Slack warn, Discord good, …`. */
export function differences(all: Readonly<Record<Reader, Said>>): readonly string[] {
  return (['tone', 'headline', 'numbers'] as const).flatMap((what) => {
    const words = READERS.map((reader) => String(all[reader][what]))
    return new Set(words).size === 1
      ? []
      : [`${what}: ${READERS.map((reader, at) => `${reader} ${words[at]}`).join(' | ')}`]
  })
}

function slack(view: View, now: number): Said {
  const { blocks, thread } = renderSlack(view, { now, images: new Map() })
  const words = strings(
    // Its first line is the name that threads have elsewhere.
    [blocks, thread?.blocks.slice(1)],
    ['text', 'alt_text', 'name', 'url', 'fallback'],
    ({ type }) => type === 'date',
  )
  const [first = ''] = strings(blocks[0], ['text'], () => false)
    .join('')
    .split('\n')
  return { ...head(unslacked(first)), numbers: numbers(words.map(unslacked).join('\n')) }
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

function unescaped(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity)
}

function unslacked(text: string): string {
  return unescaped(text.replaceAll(/<!date[^>]*>/g, '').replaceAll('\u00AD', ''))
}

function discord(view: View, now: number): Said {
  const { components, thread } = renderDiscord(view, { now, images: new Map() })
  const words = strings([components, thread?.components], ['content', 'description'], () => false).map((text) =>
    text.replaceAll(/<t:[^>]*>/g, '').replaceAll(/\\(?=[^a-z0-9\s])/gi, ''),
  )
  const [container] = components
  const colour = container !== undefined && 'accent_color' in container ? container.accent_color : null
  const [first = ''] = (words[0] ?? '').split('\n')
  const { headline, tone } = head(first.replace(/^### /, ''))
  const shown = COLOURS[colour ?? 0] ?? 'info'
  // The mark must not contradict the colour.
  return {
    tone: tone === shown ? tone : (`${shown} with a mark of ${tone}` as Tone),
    headline,
    numbers: numbers(words.join('\n')),
  }
}

function page(view: View, now: number): Said {
  const drawn = flat(
    renderView(view, {
      cardId: 'c',
      revision: 1,
      at: now,
      theme: 'light',
      pressState: () => 'idle',
      press: () => undefined,
      suggest: () => undefined,
      send: () => undefined,
      enlarge: () => undefined,
      copy: () => undefined,
    }),
  )
  const [, colour = ''] = /class="?card tone-(\w+)/.exec(drawn) ?? []
  const [, title = ''] = /<h3 class="card-title">([\s\S]*?)<\/h3>/.exec(drawn) ?? []
  const tone = colour === 'accent' || colour === 'quiet' ? 'info' : colour
  return { tone: tone as Tone, headline: oneLine(untagged(title)), numbers: numbers(untagged(drawn)) }
}

function untagged(markup: string): string {
  const words = markup
    .replaceAll(/<svg[\s\S]*?<\/svg>/g, '')
    .replaceAll(/<time[\s\S]*?<\/time>/g, '')
    .replaceAll(/<span[^>]*(?:class="(?:hidden|step-mark)")[^>]*>[\s\S]*?<\/span\s*>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
  return unescaped(words)
}

function terminal(view: View, now: number): Said {
  const text = plain(view, now)
  const [first = ''] = text.split('\n')
  return { ...head(first), numbers: numbers(text) }
}

/** A first line: its mark, then its words. */
function head(text: string): Pick<Said, 'tone' | 'headline'> {
  const line = oneLine(text)
  const mark = SIGNS.find((sign) => line.startsWith(`${sign} `)) ?? ''
  const words = line.slice(mark.length).trim()
  const tone = (Object.keys(READ) as Tone[]).find((one) => READ[one].includes(mark)) ?? 'info'
  return { tone, headline: words }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** Instants, and what is counted from them. */
const TIMES = [
  /(?:[\d.]+ (?:ms|s|min|h|d) ?){1,2}(?:ago|left|so far)/g,
  /(?:creating|booting|joining|draining|deleting) (?:[\d.]+ (?:ms|s|min|h|d) ?){1,2}/g,
]

function numbers(text: string): readonly string[] {
  const timeless = TIMES.reduce((rest, time) => rest.replaceAll(time, ''), text)
  return [...new Set(timeless.match(/\d(?:[\d.,]*\d)?/g) ?? [])].toSorted()
}

/** The strings under certain keys of a tree. */
function strings(
  tree: unknown,
  keys: readonly string[],
  left: (node: Readonly<Record<string, unknown>>) => boolean,
): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap((one) => strings(one, keys, left))
  if (typeof tree !== 'object' || tree === null) return []
  const node = tree as Readonly<Record<string, unknown>>
  if (left(node)) return []
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' ? (keys.includes(key) ? [value] : []) : strings(value, keys, left),
  )
}
