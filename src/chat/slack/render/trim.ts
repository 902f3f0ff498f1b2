import { LIMITS, weight } from '../limits.ts'
import type { ActionsBlock, KnownBlock } from './rich.ts'
import { plural } from '../../../core/model/words.ts'
import { plainText, RANKS, type Part } from './parts.ts'

export interface Room {
  readonly blocks: number
  /** See `weight`. */
  readonly weight: number
}

const MESSAGE_ROOM: Room = { blocks: LIMITS.blocksPerMessage, weight: LIMITS.weight }

/**
 * The parts as blocks that fit. What matters least tells less, then nothing; the headline and the buttons go last, and
 * what is missing is said. Every button and menu gets an `action_id` of its own.
 */
export function fit(parts: readonly Part[], room: Room = MESSAGE_ROOM): KnownBlock[] {
  const drawn = parts.map((part) => draw(part, part.size))
  // Least important first; of equals the last one.
  const order = parts
    .map((_, index) => index)
    .toSorted((a, b) => RANKS.indexOf(parts[b]!.rank) - RANKS.indexOf(parts[a]!.rank) || b - a)
  const whole = used(drawn)
  let left = { blocks: whole.blocks, weight: whole.weight }
  let gone = 0
  for (const index of order) {
    if (fits(left, room)) break
    const [part, full] = [parts[index]!, drawn[index]!]
    const others = { blocks: left.blocks - full.blocks.length, weight: left.weight - full.weight }
    let best = draw(part, 0)
    let [low, high] = [0, part.size - 1]
    // As many of its things as fit beside what is left of the others.
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const tried = draw(part, middle)
      if (fits({ blocks: others.blocks + tried.blocks.length, weight: others.weight + tried.weight }, room)) {
        low = middle
        best = tried
      } else high = middle - 1
    }
    drawn[index] = best
    if (best.blocks.length === 0) gone += 1
    left = { blocks: others.blocks + best.blocks.length, weight: others.weight + best.weight }
  }
  const blocks = drawn.flatMap((one) => one.blocks)
  // Buttons stay at the bottom, where they are looked for.
  const end = blocks.findLastIndex(({ type }) => type !== 'actions') + 1
  return numbered(blocks.toSpliced(end, 0, ...missing(gone)))
}

interface DrawnPart {
  readonly blocks: readonly KnownBlock[]
  readonly weight: number
}

function draw(part: Part, count: number): DrawnPart {
  const blocks = part.draw(count)
  return { blocks, weight: weight(blocks) }
}

function used(drawn: readonly DrawnPart[]): Room {
  return {
    blocks: drawn.reduce((sum, { blocks }) => sum + blocks.length, 0),
    weight: drawn.reduce((sum, { weight }) => sum + weight, 0),
  }
}

/** Room is kept for saying what is missing. */
function fits(left: Room, room: Room): boolean {
  return left.blocks <= room.blocks - 1 && left.weight <= room.weight - 300
}

function missing(gone: number): readonly KnownBlock[] {
  if (gone === 0) return []
  const said = `… ${plural(gone, 'more part')} that ${gone === 1 ? 'does' : 'do'} not fit here`
  return [{ type: 'context', elements: [plainText(said, 200)] }]
}

/** `spinup:0`, `spinup:1`, … in order: Slack wants them different within a message. */
function numbered(blocks: readonly KnownBlock[]): KnownBlock[] {
  let next = 0
  return blocks.map((block) => {
    if (block.type !== 'actions') return block
    const elements = block.elements.map((element) => ({ ...element, action_id: `${ACTION_ID}${next++}` }))
    return { ...block, elements } satisfies ActionsBlock
  })
}

/** What every `action_id` begins with; what is to be done is in the `value`. */
const ACTION_ID = 'spinup:'
