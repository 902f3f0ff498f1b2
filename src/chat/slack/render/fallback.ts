import { lineOf } from '../../../core/model/card-words.ts'
import { LIMITS } from '../limits.ts'
import type { KnownBlock, RichTextElement } from './rich.ts'
import { clip } from '../../../core/model/letters.ts'
import { mrkdwn } from './escape.ts'

/**
 * The blocks in words: what a notification, a screen reader and a client without blocks show. The first line is the
 * headline. At most 4,000 characters, and literal: nothing in it is markup.
 */
export function fallback(blocks: readonly KnownBlock[]): string {
  const textsOf = (some: readonly KnownBlock[]): readonly string[] => some.flatMap(words).map((text) => mrkdwn(text))
  const pressed = cut(textsOf(blocks.filter(({ type }) => type === 'actions')), BUTTONS_MOST)
  const room = LIMITS.messageText - pressed.length - 1
  const body = cut(textsOf(blocks.filter(({ type }) => type !== 'actions')), room)
  return [body, pressed].filter((text) => text !== '').join('\n') || 'Spinup'
}

/** What can be pressed is listed even where there is much to read. */
const BUTTONS_MOST = 1200
const END = '\n… more on the card'

/** Whole lines, as many as `room` characters hold. */
function cut(all: readonly string[], room: number): string {
  const whole = all.join('\n')
  if (whole.length <= room) return whole
  let text = ''
  for (const next of all) {
    const longer = text === '' ? next : `${text}\n${next}`
    if (longer.length > room - END.length) break
    text = longer
  }
  return text === '' ? clip(all[0] ?? '', room) : `${text}${END}`
}

function words(block: KnownBlock): readonly string[] {
  switch (block.type) {
    case 'header':
      return [block.text.text]
    case 'section':
      return [block.text, ...(block.fields ?? [])].flatMap((text) => (text === undefined ? [] : [unmarked(text)]))
    case 'context':
      return [
        block.elements.map((element) => (element.type === 'image' ? element.alt_text : unmarked(element))).join(' · '),
      ]
    case 'rich_text':
      return block.elements.flatMap((element) =>
        element.type === 'rich_text_list'
          ? element.elements.map((item) => `• ${item.elements.map(span).join('')}`)
          : element.elements.map(span).join('').split('\n'),
      )
    case 'image':
      return [block.alt_text]
    case 'actions':
      return block.elements.flatMap((element) => {
        if (element.type === 'button') return [press(element.text.text, element.value)]
        if (element.type !== 'static_select' && element.type !== 'overflow') return []
        return (element.options ?? []).map(({ text, value }) => press(text.text, value))
      })
    default:
      return []
  }
}

/** What a button says, and what can be typed instead. */
function press(label: string, action = ''): string {
  if (action.startsWith('approve:')) return `[${label}] /spinup approve`
  if (action.startsWith('deny:')) return `[${label}] /spinup deny`
  return action.startsWith('run:') || action.startsWith('ask:') ? `[${label}] ${lineOf(action)}` : `[${label}]`
}

function span(element: RichTextElement): string {
  if (element.type === 'text') return element.text
  if (element.type === 'link') return element.text ?? element.url
  if (element.type === 'date') return element.fallback ?? ''
  return ''
}

/** Spinup's own mrkdwn (`*name*` over a value, instants as tokens) as plain words. */
function unmarked({ type, text }: { readonly type: string; readonly text: string }): string {
  if (type === 'plain_text') return text
  return text
    .replaceAll(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/^\*([^\n]*)\*\n/, '$1: ')
    .replaceAll('\u00AD', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
