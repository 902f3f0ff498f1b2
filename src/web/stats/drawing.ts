import type { StatMark, StatsColours, StatsPool } from '../../core/model/stats-page.ts'
import type { Drawing } from './drawn.ts'
import { hottest, type GrowingLine, type Loaded } from './data.ts'
import type { View } from './view.ts'

/** So many members have a colour of their own; the rest is grey. */
const MOST_NAMED = 8

/** A stat as it is drawn: the mean and its band, or with members each of them, the time behind, target and marks. */
export function statDrawing(stat: string, view: View, loaded: Loaded, pool: StatsPool, colours: StatsColours): Drawing {
  const [accent = '#5b8cff'] = colours.lines
  const mean = loaded.lines.find((line) => line.stat === stat && line.member === null)
  const behind = loaded.behind.find((line) => line.stat === stat)
  const members = view.byMember ? hottest(loaded.lines, stat) : []
  const solo = members.some(({ member }) => member === view.solo) ? view.solo : null
  const own = members.map((line, index) => ({
    ...valuesOf(line),
    member: line.member ?? '',
    colour: memberColour(colours, index),
    width: line.member === solo ? 2.2 : 1.4,
    faint: solo !== null && line.member !== solo,
    ...((solo === null ? index === 0 && members.length > 1 : line.member === solo) ? { label: line.member ?? '' } : {}),
  }))
  return {
    lines: [
      ...(mean === undefined
        ? []
        : [
            {
              ...valuesOf(mean),
              colour: view.byMember ? colours.target : accent,
              width: view.byMember ? 1.6 : 2,
              faint: solo !== null,
            },
          ]),
      ...(behind === undefined ? [] : [{ ...valuesOf(behind), colour: colours.rest, width: 1.6, dashed: true }]),
      ...own.toReversed(),
    ],
    band: mean === undefined || view.byMember ? null : { min: mean.min, max: mean.max, colour: `${accent}2b` },
    target: stat === pool.stat ? { value: pool.target, colour: colours.target } : null,
    marks: marksOf(loaded.beside.marks, colours),
  }
}

/** The colour of the member that is so hot among them: 0 the hottest. */
export function memberColour({ lines, rest }: StatsColours, index: number): string {
  return index < MOST_NAMED ? (lines[index % lines.length] ?? rest) : rest
}

function valuesOf({ at, mean }: GrowingLine): {
  readonly at: readonly number[]
  readonly value: readonly (number | null)[]
} {
  return { at, value: mean }
}

function marksOf(marks: readonly StatMark[], colours: StatsColours): Drawing['marks'] {
  return marks.map(({ at }) => ({ at, colour: colours.rest }))
}

/** How many members there were, or what they cost an hour, up to now. */
export function strip(kind: 'members' | 'cost', { beside, toAt }: Loaded, colours: StatsColours): Drawing {
  const at = beside.members?.at ?? []
  const value = kind === 'members' ? (beside.members?.value ?? []) : beside.cost.value
  const last = value.at(-1)
  const colour = colours.lines[kind === 'members' ? 2 : 1] ?? colours.rest
  const ends =
    last === undefined || (at.at(-1) ?? 0) >= toAt ? { at, value } : { at: [...at, toAt], value: [...value, last] }
  return {
    lines: [{ ...ends, colour, width: 1.8, stepped: true }],
    band: null,
    target: null,
    marks: marksOf(beside.marks, colours),
  }
}
