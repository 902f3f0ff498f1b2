import { messageOf } from '../core/model/error.ts'
import type { Services } from '../engine/services.ts'
import { eachAlone } from './each.ts'
import { tellWeekly, type Summarise } from './weekly.ts'

const EVERY_MS = 1000

/** Looks again and again for digests and weekly summaries whose time has come. `told` after each look. */
export function startRounds(
  services: Services,
  summarise: Summarise | null,
  told: () => void,
): { stop(): Promise<void> } {
  let looking: Promise<void> | null = null
  let troubled = false
  const due = [
    () => services.notices.showDigests(services.now()),
    async () => (summarise === null ? undefined : tellWeekly(services, summarise, services.now())),
  ]
  const look = async (): Promise<void> => {
    try {
      await eachAlone(due, (tell) => tell())
      troubled = false
    } catch (error) {
      if (!troubled) services.log.warn({ reason: messageOf(error) }, 'could not tell what was due; will try again')
      troubled = true
    }
    told()
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
