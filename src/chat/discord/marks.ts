import { createHash } from 'node:crypto'
import { SpinupError } from '../../core/model/error.ts'
import type { Body } from './outgoing.ts'

/** A component's own number, by which a card is known again: below 2³¹, above those that Discord gives. */
function markOf(cardId: string): number {
  return (createHash('sha256').update(cardId).digest().readUInt32BE(0) >>> 2) + 1000
}

export function marked(body: Body, cardId: string): Body {
  const [first, ...rest] = body.components
  return first === undefined ? body : { ...body, components: [{ ...first, id: markOf(cardId) }, ...rest] }
}

/** The id of the message with that mark among messages as Discord lists them; null: none. */
export function findMarked(messages: unknown, cardId: string): string | null {
  const mark = markOf(cardId)
  for (const message of Array.isArray(messages) ? (messages as readonly unknown[]) : []) {
    const components: unknown = isRecord(message) ? message['components'] : null
    const first: unknown = Array.isArray(components) ? components[0] : null
    if (isRecord(first) && first['id'] === mark) return idOf(message)
  }
  return null
}

/** Whether a message as Discord has it shows the words and buttons of that body. */
export function saysTheSame(message: unknown, body: Body): boolean {
  return isRecord(message) && wordsIn(message['components']) === wordsIn(body.components)
}

/** Everything that can be read or pressed, without the spaces, of which Discord keeps not all. */
function wordsIn(part: unknown): string {
  if (Array.isArray(part)) return part.map(wordsIn).join('')
  if (!isRecord(part)) return ''
  const own = [part['content'], part['label'], part['custom_id'], part['value'], part['accent_color']]
  const words = own
    .filter((word) => word !== undefined && word !== null)
    .join('')
    .replaceAll(/\s/g, '')
  return [words, ...[part['components'], part['accessory'], part['options']].map(wordsIn)].join('|')
}

/** Discord's id of what was made. */
export function idOf(made: unknown): string {
  if (isRecord(made) && typeof made['id'] === 'string') return made['id']
  throw new SpinupError('chatFailed', 'Discord’s answer makes no sense; it is tried again.', { retryable: true })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
