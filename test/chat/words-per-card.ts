import { renderSlack } from '../../src/chat/slack/render/render.ts'
import type { View, ViewKind } from '../../src/core/model/view.ts'
import { situations } from './situations.ts'

const UNASKED: ReadonlySet<ViewKind> = new Set(['episode', 'proposal', 'alert', 'refresh', 'digest', 'summary'])

/** Whether Spinup posts it by itself; every other card is an answer to somebody who wants to read it. */
export function isUnasked(view: View): boolean {
  return UNASKED.has(view.kind) || (view.kind === 'decision' && view.observedOnly)
}

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
): readonly { readonly name: string; readonly unasked: boolean; readonly words: number }[] {
  return Object.entries(situations(now)).map(([name, view]) => ({
    name,
    unasked: isUnasked(view),
    words: wordsOf(view, now),
  }))
}

if (import.meta.main) {
  const all = wordsPerCard(Date.UTC(2026, 0, 15, 12))
  for (const { name, unasked, words } of all) {
    console.log(`${String(words).padStart(5)}  ${unasked ? 'unasked' : 'answer '}  ${name}`)
  }
  for (const unasked of [true, false]) {
    const words = all.filter((one) => one.unasked === unasked).map((one) => one.words)
    console.log(`${unasked ? 'unasked' : 'answers'}: median ${median(words)}, most ${Math.max(...words)}`)
  }
}
