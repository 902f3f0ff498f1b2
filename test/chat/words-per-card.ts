import { renderSlack } from '../../src/chat/slack/render/render.ts'
import type { View, ViewKind } from '../../src/core/model/view.ts'
import { situations } from './situations.ts'

/** Kinds that Spinup posts by itself; every other one is an answer to somebody who wants to read it. */
export const UNASKED: ReadonlySet<ViewKind> = new Set([
  'episode',
  'proposal',
  'alert',
  'decision',
  'refresh',
  'digest',
  'summary',
])

/** Words that are read of a card as it stands in a channel: without its thread, its buttons and the picture’s text. */
export function wordsOf(view: View, now: number): number {
  const { text } = renderSlack(view, { now, images: new Map() })
  return text
    .split('\n')
    .filter((line) => !/^(?:\[|📈)/.test(line))
    .join(' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** By situation, as `alert: resolved`. */
export function wordsPerCard(
  now: number,
): readonly { readonly name: string; readonly kind: ViewKind; readonly words: number }[] {
  return Object.entries(situations(now)).map(([name, view]) => ({ name, kind: view.kind, words: wordsOf(view, now) }))
}

if (import.meta.main) {
  const all = wordsPerCard(Date.UTC(2026, 0, 15, 12))
  for (const { name, kind, words } of all) {
    console.log(`${String(words).padStart(5)}  ${UNASKED.has(kind) ? 'unasked' : 'answer '}  ${name}`)
  }
  const unasked = all.filter(({ kind }) => UNASKED.has(kind)).map(({ words }) => words)
  console.log(`unasked: median ${median(unasked)}, most ${Math.max(...unasked)}`)
}
