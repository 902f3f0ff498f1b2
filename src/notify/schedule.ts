import type { Logger } from 'pino'
import { messageOf } from '../core/model/error.ts'
import { forEachSettled, type Notices } from './notices.ts'
import { tellWeekly, type WeeklyFacts } from './weekly.ts'

const EVERY_MS = 1000

/** Looks again and again for digests and weekly summaries whose time has come. */
export function startSchedule(options: {
  readonly notices: Notices
  readonly weekly: WeeklyFacts
  readonly now: () => number
  readonly log: Logger
  /** After each look. */
  readonly posted: () => void
}): { stop(): Promise<void> } {
  const { notices, weekly, now, log, posted } = options
  let looking: Promise<void> | null = null
  let troubled = false
  const due = [() => notices.showDigests(now()), () => tellWeekly(weekly, now())]
  const look = async (): Promise<void> => {
    try {
      await forEachSettled(due, (tell) => tell())
      troubled = false
    } catch (error) {
      if (!troubled) log.warn({ reason: messageOf(error) }, 'could not send what was due; will try again')
      troubled = true
    }
    posted()
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = null))
  }, EVERY_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}
