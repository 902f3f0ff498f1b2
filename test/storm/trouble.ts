import type { FaultKind } from '../fakes/discord/faults.ts'
import type { StormStage } from './stage.ts'

/** Lets both platforms fail again and again until it is stopped: they ask for patience, lose answers, and are down. */
export function startTrouble(stage: StormStage, random: () => number): { stop(): void; readonly count: number } {
  let count = 0
  const pick = <T>(of: readonly [T, ...T[]]): T => of[Math.floor(random() * of.length)] ?? of[0]
  const timer = setInterval(() => {
    count += 2
    const method = pick(['chat.postMessage', 'chat.update'])
    const kind = pick(['rateLimit', 'rateLimit', 'lost', 'down'] as const)
    stage.slack.faults.add({ method, kind, retryAfterS: 1 })
    const match = { method: pick(['POST', 'PATCH']), path: /channels\/\d+\/messages/ }
    const fault = pick<FaultKind>([
      { kind: 'rateLimited', retryAfterMs: 1500 },
      { kind: 'rateLimited', retryAfterMs: 400 },
      { kind: 'loseAnswer' },
      { kind: 'serverError' },
    ])
    stage.discord.faults.add({ ...fault, match })
  }, 200)
  return {
    stop: () => {
      clearInterval(timer)
      stage.slack.faults.clear()
      stage.discord.faults.clear()
    },
    get count() {
      return count
    },
  }
}
