import type { View } from '../../../../src/core/model/view.ts'

/** Words that decide which branch is taken; the rest of a view's words may be anything. */
const STRUCTURE: ReadonlySet<string> = new Set(
  'kind tone state stage direction style unit phase role onExpiry action platform'.split(' '),
)
const OVERRIDES: ReadonlySet<unknown> = new Set(['pin', 'pause', 'protect', 'hold', 'scaleOut', 'scaleIn'])

/** The view with `text` in every field that people, droplets or stats can fill. */
export function spoil<T extends View>(view: T, text: string): T {
  return walk(view, (value) => (typeof value === 'string' ? text : value)) as T
}

/** The view with `count` of everything it has one of, each with words without end. */
export function inflate<T extends View>(view: T, count: number): T {
  return walk(view, (value) => {
    if (Array.isArray(value))
      return value.length === 0 ? value : Array.from({ length: count }, (_, i) => value[i % value.length])
    return typeof value === 'string' ? `${value} `.padEnd(900, 'words without end ') : value
  }) as T
}

function walk(value: unknown, change: (value: unknown) => unknown, key = ''): unknown {
  if (Array.isArray(value)) return change(value.map((one) => walk(one, change, key)))
  if (typeof value !== 'object' || value === null) {
    return STRUCTURE.has(key) || OVERRIDES.has(value) ? value : change(value)
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, change, name)]))
}
