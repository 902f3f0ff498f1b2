import { runWords, type AgentAbout } from '../model/agent-about.ts'
import { MAX_CLOCK_SKEW_MS } from '../model/report.ts'
import type { Alarm } from '../model/state.ts'
import { wordsOfAgentClocks } from './clocks.ts'

/** A refused agent tries again every half minute; one that has not for so long has stopped. */
const RIVAL_GONE_MS = 120_000

/** Members as which two hosts report, each with both. */
export function twins(agents: ReadonlyMap<string, AgentAbout>): readonly {
  readonly id: string
  /** Whose reports count. */
  readonly taken: string
  /** Whose reports are refused. */
  readonly refused: string
}[] {
  return [...agents].flatMap(([id, { run, rival }]) =>
    rival === null || rival.agoMs > RIVAL_GONE_MS ? [] : [{ id, taken: runWords(run), refused: runWords(rival) }],
  )
}

/** What agents' reports show to be wrong with their hosts. */
export function agentAlarms(agents: ReadonlyMap<string, AgentAbout>): readonly Omit<Alarm, 'since'>[] {
  const found: Omit<Alarm, 'since'>[] = []
  const pairs = twins(agents)
  const names = pairs.map(({ id }) => id).join(', ')
  if (pairs.length > 0) {
    const each = pairs.map(
      ({ id, taken, refused }) => `${id}: ${taken} reports; ${refused} came before it and is refused`,
    )
    found.push({
      id: 'twin',
      tone: 'bad',
      title: `Two hosts report as ${names}`,
      text: `${each.join('. ')}. Only the newer one counts.`,
      fix: 'Stop the agent on the one that is a copy (sudo systemctl disable --now spinup-agent), or give it an install line of its own. The other reports again within two minutes.',
    })
  }
  const clocks = wordsOfAgentClocks(agents, MAX_CLOCK_SKEW_MS)
  if (clocks !== null) found.push({ id: 'agent-clocks', tone: 'warn', ...clocks })
  return found
}
