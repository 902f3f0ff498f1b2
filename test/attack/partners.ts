import { until } from '../wait.ts'
import { wordsOf } from '../fakes/slack/record.ts'
import type { Stage, Try } from './stage.ts'

const PARTNER = 'T0PARTNER1'

/** People of another company, in a channel that is shared with them. */
export function partners(stage: Stage): readonly Try[] {
  const { slack } = stage
  const refusals = (): number => {
    const { ephemerals, messages } = slack.channel('ops')
    const all = [...ephemerals, ...messages, ...messages.flatMap(({ replies }) => replies)]
    return all.filter((one) => `${one.text} ${wordsOf(one.blocks)}`.includes('you are of another one')).length
  }
  const lines = ['policy max=9', 'up 1', 'pause', 'mode auto', 'pin 3 for 1h', 'connect', 'status']
  return lines.map((line): Try => ({
    name: `another company’s person says “${line}”`,
    kind: 'in',
    run: async () => {
      const before = refusals()
      await slack.people.mention(line, { home: PARTNER })
      return until(() => refusals() > before, { timeoutMs: 15_000 }).then(
        () => false,
        () => true,
      )
    },
  }))
}

/** A team that is asked first: what may change size, cost, access or data is its approvers' alone. */
export function unapproved(say: (line: string) => Promise<string>): readonly Try[] {
  const lines = `mode auto|policy target=10|policy max=9|policy stat=mem|policy slow-minute=9|pause|up 1|pin 3 for 1h|
budget 900|policy max-per-month=900|policy changes-per-hour=500|refresh|connect install|policy approvers=`.split(
    /\|\n?/,
  )
  return lines.map((line): Try => ({
    name: `“${line}” by one who may not approve`,
    kind: 'in',
    run: async () => {
      const said = await say(`/spinup ${line}`)
      if (/Only those who may answer/.test(said)) return false
      throw new Error(said)
    },
  }))
}
