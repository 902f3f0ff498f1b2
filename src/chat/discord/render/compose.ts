import type { APIMessageTopLevelComponent } from 'discord.js'
import type { Tone, View } from '../../../core/model/view.ts'
import { LIMITS } from '../limits.ts'
import {
  present,
  text,
  threadName,
  TYPE,
  typed,
  type Container,
  type DiscordContext,
  type Draft,
  type Inner,
  type Part,
  type Sheet,
  type Text,
} from './parts.ts'
import { createControls } from './controls.ts'
import { escape } from './escape.ts'
import { cardOf } from '../../../core/cards/cards.ts'
import { drawBlocks, drawHead } from './blocks.ts'

/** A message's one container, within every limit, and what its shortened custom ids stand for. */
export interface Composed {
  readonly container: Container
  readonly longActions: ReadonlyMap<string, string>
}

const ACCENTS: Readonly<Record<Tone, number>> = { info: 0x3b82f6, good: 0x2ea043, warn: 0xf59e0b, bad: 0xe5484d }

/** Makes a draft fit and draws it: controls are kept, then texts by rank. */
function compose({ tone, parts }: Draft): Composed {
  const controls = createControls()
  const drawn = new Map<Part, readonly Inner[]>(
    parts.map((part) => [
      part,
      part.kind === 'text' ? [] : part.kind === 'chart' ? [gallery(part)] : controls.of(part),
    ]),
  )
  const fixed = [...drawn.values()].flat()
  const room = {
    characters: LIMITS.text - fixed.reduce((sum, one) => sum + characters(one), 0),
    texts: LIMITS.components - 1 - fixed.reduce((sum, one) => sum + count(one), 0),
  }
  const components = fit(parts, room).flatMap((part): readonly Inner[] =>
    part.kind === 'text' ? [{ type: TYPE.text, content: words(part) }] : (drawn.get(part) ?? []),
  )
  return {
    container: { type: TYPE.container, accent_color: ACCENTS[tone], components },
    longActions: controls.longActions(),
  }
}

/** The card in words alone, with what to type instead of pressing: safe markdown that fits a message's content. */
function composeWords({ parts }: Draft): string {
  const written = parts.map((part): Part => {
    if (part.kind === 'chart') return text(3, `-# 📊 ${escape(part.alt, 500)}`)
    if (part.kind === 'buttons') return text(1, ...part.actions.map(typed))
    return part.kind === 'choices' ? text(2, ...part.choices.map(typed)) : part
  })
  return fit(written, { characters: LIMITS.content - written.length, texts: Infinity })
    .filter((part) => part.kind === 'text')
    .filter((part) => size(part) > 0)
    .map(words)
    .join('\n')
}

function words({ lines, fence }: Text): string {
  const joined = lines.join('\n')
  return fence ? `\`\`\`\n${joined}\n\`\`\`` : joined
}

function gallery({ file, alt }: { readonly file: string; readonly alt: string }): Inner {
  const media = { url: `attachment://${file}` }
  return { type: TYPE.gallery, items: [alt === '' ? { media } : { media, description: alt }] }
}

function characters(one: Inner): number {
  if (one.type === TYPE.text) return one.content.length
  return one.type === TYPE.section ? one.components.reduce((sum, { content }) => sum + content.length, 0) : 0
}

/** Components that it is, nested ones included. */
function count(one: Inner): number {
  if (one.type === TYPE.section) return 2 + one.components.length
  return one.type === TYPE.row ? 1 + one.components.length : 1
}

/** Room for the line that tells how much was left out. */
const NOTICE = 24

/** A code block's own marks. */
const FENCE = '```\n\n```'.length

export interface Room {
  /** UTF-16 units of text, and text displays. */
  readonly characters: number
  readonly texts: number
}

/**
 * The parts with as much of their text as there is room for, the dearest first. A text that is cut ends with `… N more`;
 * when whole ones are left out the last line tells of how much.
 */
function fit(parts: readonly Part[], room: Room): readonly Part[] {
  const texts = parts.filter((part) => part.kind === 'text')
  const kept = new Map<Text, Text>()
  // A line that says what is missing may be needed.
  let { characters } = room
  let displays = room.texts - 1
  let lost = 0
  characters -= NOTICE
  for (const part of texts.toSorted((one, other) => one.rank - other.rank)) {
    const fitting = displays > 0 ? cut(part, characters) : null
    if (fitting === null) {
      lost += part.lines.length
      continue
    }
    kept.set(part, fitting)
    displays--
    characters -= size(fitting)
  }
  const rest: Part[] = lost === 0 ? [] : [{ kind: 'text', rank: 0, lines: [`-# ${more(lost)}`], fence: false }]
  const fitted = parts.flatMap((part): readonly Part[] => {
    if (part.kind !== 'text') return [part]
    const text = kept.get(part)
    return text === undefined ? [] : [text]
  })
  // Before the buttons, where the eye comes by.
  const end = fitted.findLastIndex(({ kind }) => kind === 'text' || kind === 'chart') + 1
  return [...fitted.slice(0, end), ...rest, ...fitted.slice(end)]
}

/** Characters that the text takes when it is shown. */
function size(text: Text): number {
  return text.lines.join('\n').length + (text.fence ? FENCE : 0)
}

/** As many of its lines as fit, with a line that tells of the others; null when not one does. */
function cut(text: Text, characters: number): Text | null {
  if (size(text) <= characters) return text
  let room = characters - NOTICE - (text.fence ? FENCE : 0)
  let count = 0
  for (const line of text.lines) {
    room -= line.length + 1
    if (room < 0) break
    count++
  }
  if (count === 0) return null
  const left = more(text.lines.length - count)
  return { ...text, lines: [...text.lines.slice(0, count), text.fence ? left : `-# ${left}`] }
}

function more(lines: number): string {
  return `… ${lines} more`
}

export type { DiscordContext } from './parts.ts'

export interface DiscordMessage {
  /** Of Components V2, within every limit. */
  readonly components: APIMessageTopLevelComponent[]
  /** What goes into the thread that the message begins; null: nothing. */
  readonly thread: { readonly name: string; readonly components: APIMessageTopLevelComponent[] } | null
  /** The same in words, for where components are not taken: safe markdown, at most 2,000 characters. */
  readonly plain: string
  /** What shortened custom ids, and such values of selects, stand for; to be kept before the message is sent. */
  readonly longActions: ReadonlyMap<string, string>
}

/** A view as Discord shows it. A select's chosen value is a custom id as a button's is. */
export function renderDiscord(view: View, context: DiscordContext): DiscordMessage {
  const { main, thread } = draw(view, context)
  const card = compose(main)
  return {
    components: [card.container],
    thread: thread === null ? null : { name: threadName(thread.name), components: [compose(thread.draft).container] },
    plain: composeWords(main),
    longActions: card.longActions,
  }
}

function draw(view: View, context: DiscordContext): Sheet {
  const card = cardOf(view)
  const { tone, details } = card
  const main = { tone, parts: present([drawHead(card), ...drawBlocks(card.blocks, context)]) }
  if (details === null) return { main, thread: null }
  return {
    main,
    thread: {
      name: details.title,
      draft: { tone, parts: present(drawBlocks(details.blocks, context)) },
    },
  }
}
