import type { View } from '../../../../src/core/model/view.ts'

const TIMES = 60
const LONG = ' and so on, for as long as one cares to read'.repeat(40)

const WORDS: ReadonlySet<string> = new Set(
  'kind tone style role phase what mode unit direction stage state per onExpiry platform month code rule'.split(' '),
)

/** The view with sixty of all that it has several of, and every text two thousand characters long. */
export function huge(view: View): View {
  return grown(view, '', '') as View
}

function grown(value: unknown, name: string, mark: string): unknown {
  if (typeof value === 'string') return WORDS.has(name) ? value : `${value}${mark}${LONG}`
  if (typeof value === 'number' && name.startsWith('dollars')) return value * 1e6
  if (Array.isArray(value)) {
    return Array.from({ length: value.length * TIMES }, (_, index) =>
      grown(value[index % value.length], name, `${mark} ${index}`),
    )
  }
  if (typeof value !== 'object' || value === null) return value
  // A chart is a reference.
  if (name === 'chart') return { ...value, alt: `It rose${LONG}` }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, grown(one, key, mark)]))
}
