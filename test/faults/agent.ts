import { randomUUID } from 'node:crypto'
import type { AgentIdentity, ReportBody } from '../../src/core/model/report.ts'

export interface Agent {
  stop(): void
}

const EVERY_MS = 400
/** So little that the policy wants no more. */
const STATS = { cpu: 0.05, memory: 0.4 }

/** Reports one sample at a time, as a droplet's agent would; what gets no answer is sent again with the next. */
export function startAgent(
  identity: AgentIdentity,
  send: (identity: AgentIdentity, body: string) => Promise<Response>,
): Agent {
  const boot = randomUUID()
  let seq = 0
  let busy = false
  const report = async (): Promise<void> => {
    const at = Date.now()
    const { pool, member } = identity
    const body: ReportBody = {
      pool,
      member,
      boot,
      seq,
      sentAt: at,
      periodMs: EVERY_MS,
      dropped: 0,
      samples: [{ at, stats: STATS }],
    }
    const response = await send(identity, JSON.stringify(body))
    const answer = (await response.json()) as { readonly nextSeq?: number }
    if (answer.nextSeq !== undefined) seq = answer.nextSeq
  }
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    // A bot that is away is what half of the cases are about.
    report()
      .catch(() => undefined)
      .finally(() => (busy = false))
  }, EVERY_MS)
  return { stop: () => clearInterval(timer) }
}
