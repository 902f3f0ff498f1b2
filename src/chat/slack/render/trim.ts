import { LIMITS } from '../limits.ts'
import type { ActionsBlock, KnownBlock } from './block-kit.ts'
import { plainText, RANKS, type Part } from './parts.ts'

export interface Room {
  readonly blocks: number
  /** Characters of the blocks as JSON. */
  readonly json: number
}

export const MESSAGE_ROOM: Room = { blocks: LIMITS.blocksPerMessage, json: LIMITS.blocksJson }

/**
 * The parts as blocks that fit. What matters least tells less, then nothing; the headline and the buttons go last, and
 * what is missing is said. Every button and menu gets an `action_id` of its own.
 */
export function fit(parts: readonly Part[], room: Room = MESSAGE_ROOM): KnownBlock[] {
  const counts = parts.map(({ size }) => size)
  // Least important first; of equals the last one.
  const order = parts
    .map((_, index) => index)
    .toSorted((a, b) => RANKS.indexOf(parts[b]!.rank) - RANKS.indexOf(parts[a]!.rank) || b - a)
  const drawn = (): KnownBlock[] => numbered(draw(parts, counts))
  for (const index of order) {
    if (fits(drawn(), room)) break
    let [low, high] = [0, counts[index]!]
    // As many of its things as fit beside what is left of the others.
    while (low < high) {
      counts[index] = Math.ceil((low + high) / 2)
      if (fits(drawn(), room)) low = counts[index]
      else high = counts[index] - 1
    }
    counts[index] = low
  }
  return drawn()
}

function draw(parts: readonly Part[], counts: readonly number[]): KnownBlock[] {
  const blocks = parts.flatMap((part, index) => part.draw(counts[index]!))
  const gone = parts.filter((part, index) => !part.counts && counts[index] === 0).length
  if (gone === 0) return blocks
  const said = `… ${gone} more part${gone === 1 ? '' : 's'}, for which there is no room here`
  return [...blocks, { type: 'context', elements: [plainText(said, 200)] }]
}

function fits(blocks: readonly KnownBlock[], room: Room): boolean {
  return blocks.length <= room.blocks && JSON.stringify(blocks).length <= room.json
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
export const ACTION_ID = 'spinup:'
