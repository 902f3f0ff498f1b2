import type { ChartSpec } from '../core/model/chart.ts'

type Direction = ChartSpec['events'][number]['direction']

/** A scale event at its place, px. */
export interface EventMark {
  readonly x: number
  readonly label: string
  readonly direction: Direction
}

/** Events shown together, because apart their labels would lie on each other. */
export interface EventGroup {
  /** Of its first event. */
  readonly x: number
  readonly parts: readonly { readonly direction: Direction; readonly text: string }[]
}

/**
 * Groups events, in order of time, so that labels of `widthOf` px (from a mark's own place on) are `gap` apart.
 * A burst of `+1`s becomes one `+3`; ups and downs are shown side by side.
 */
export function groupEvents(
  marks: readonly EventMark[],
  widthOf: (parts: EventGroup['parts']) => number,
  gap: number,
): readonly EventGroup[] {
  const groups: EventMark[][] = []
  for (const mark of marks) {
    const group = groups.at(-1)
    const first = group?.[0]
    const free = group === undefined || first === undefined || mark.x >= first.x + widthOf(partsOf(group)) + gap
    if (free) groups.push([mark])
    else group.push(mark)
  }
  return groups.map((group) => ({ x: group[0]!.x, parts: partsOf(group) }))
}

function partsOf(group: readonly EventMark[]): EventGroup['parts'] {
  const directions = [...new Set(group.map(({ direction }) => direction))]
  return directions.map((direction) => ({
    direction,
    text: together(group.filter((mark) => mark.direction === direction).map(({ label }) => label)),
  }))
}

/** `+1`, `+2` → `+3`; labels that are not counts → how many there are. */
function together(labels: readonly string[]): string {
  if (labels.length === 1) return labels[0] ?? ''
  if (!labels.every((label) => /^[+−-]\d{1,6}$/.test(label))) return `×${labels.length}`
  const sum = labels.reduce((total, label) => total + Number(label.replace('−', '-')), 0)
  return sum < 0 ? `−${-sum}` : `+${sum}`
}
