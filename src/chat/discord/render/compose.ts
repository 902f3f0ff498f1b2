import type { Tone } from '../../../core/model/view.ts'
import { LIMITS } from '../limits.ts'
import { TYPE } from './api.ts'
import type { Container, Inner } from './api.ts'
import { createControls } from './controls.ts'
import { escape } from './escape.ts'
import { fit, size } from './fit.ts'
import { text, typed } from './parts.ts'
import type { Draft, Part, Text } from './parts.ts'

/** A message's one container, within every limit, and what its shortened custom ids stand for. */
export interface Composed {
  readonly container: Container
  readonly longActions: ReadonlyMap<string, string>
}

const ACCENTS: Readonly<Record<Tone, number>> = { info: 0x3b82f6, good: 0x2ea043, warn: 0xf59e0b, bad: 0xe5484d }

/** Makes a draft fit and draws it: controls are kept, then texts by rank. */
export function compose({ tone, parts }: Draft): Composed {
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
export function composeWords({ parts }: Draft): string {
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
