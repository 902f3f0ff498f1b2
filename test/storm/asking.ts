import { ASKING, GUILD, type StormStage } from './stage.ts'

/** How long commands took to be acknowledged, ms; one that was not in time counts as three seconds. */
export interface Asking {
  stop(): Promise<readonly number[]>
}

const EVERY_MS = 120
const LOST_MS = 3000

/** People type commands on both platforms, in turns, until it is stopped. */
export function startAsking(stage: StormStage): Asking {
  const took: number[] = []
  const pending = new Set<Promise<void>>()
  let turn = 0
  const ask = async (): Promise<void> => {
    const word = turn % 4 < 2 ? 'status' : 'notify'
    if (turn++ % 2 === 0) {
      const { acked, ackMs, error } = await stage.slack.people.type(word, { channel: ASKING })
      if (error !== null) console.log(`Slack, ${word}: ${error}`)
      took.push(acked ? ackMs : LOST_MS)
    } else {
      const { acknowledgedAfterMs } = await stage.discord.type(GUILD, ASKING, 'ada', word)
      if (acknowledgedAfterMs === null) console.log(`Discord, ${word}: not acknowledged`)
      took.push(acknowledgedAfterMs ?? LOST_MS)
    }
  }
  const timer = setInterval(() => {
    const asked: Promise<void> = ask()
      .catch((error: unknown) => {
        console.error(error)
        took.push(LOST_MS)
      })
      .finally(() => pending.delete(asked))
    pending.add(asked)
  }, EVERY_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await Promise.all(pending)
      return took
    },
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
}
