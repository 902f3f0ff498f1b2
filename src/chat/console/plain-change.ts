import { allOf, approvalWords, detectedWords, progressWords } from '../../core/model/episode-words.ts'
import type { DecisionView, EpisodeView, ProposalView } from '../../core/model/view.ts'
import { dollars, duration } from '../../core/model/words.ts'
import { actionLines, paragraphs } from './plain-parts.ts'
import { ago, inputWords, left, ruleWords } from '../../core/model/card-words.ts'
import { indent, table } from '../../core/model/table.ts'

const MEMBER_MARKS = { working: '…', done: '✓', failed: '✗' } as const

/** One scale event with the state of each member it touches. */
export function plainEpisode(view: EpisodeView, now: number): string {
  const way = view.direction === 'out' ? 'out' : 'in'
  const took = duration((view.endedAt ?? now) - view.startedAt)
  const head = {
    working: `… Scaling ${way} ${view.from} → ${view.to}, ${progressWords(view)} (${took} so far)`,
    settled: `✓ Scaled ${way} ${view.from} → ${view.to} in ${took}`,
    failed: `✗ Scaling ${way} ${view.from} → ${view.to} failed after ${took}`,
  }[view.stage]
  const rows = view.members.map(({ id, label, state, tookMs, detail }) => [
    MEMBER_MARKS[state],
    id,
    label,
    tookMs === null ? '' : duration(tookMs),
    detail ?? '',
  ])
  return paragraphs(
    `${head} — ${view.pool}`,
    indent(view.reason),
    indent(table(rows)),
    indent([cost(view), `by ${view.actor.name}`, approvalWords(view), detectedWords(view)].filter(Boolean).join(' · ')),
    view.earlier.length === 0 ? null : indent(`Before that\n${indent(table(earlier(view, now)))}`),
    view.chart === null ? null : indent(view.chart.alt),
    indent(actionLines(view.actions)),
  )
}

/** A question to the team, or what became of it. */
export function plainProposal(view: ProposalView, now: number): string {
  const by = view.by === null ? '' : ` by ${view.by.name}`
  const state = {
    open: `waiting for an answer, ${left(view.deadlineAt, now)}; then Spinup will ${view.onExpiry === 'act' ? 'go ahead' : 'hold'}`,
    approved: `approved${by}`,
    denied: `denied${by}`,
    expired: `nobody answered: ${view.onExpiry === 'act' ? 'went ahead' : 'held'}`,
    superseded: 'overtaken by events',
  }[view.state]
  return paragraphs(
    `? Scale ${view.direction} ${view.from} → ${view.to} — ${view.pool} (${state})`,
    indent(view.reason),
    indent([cost(view), ...voting(view)].join(' · ')),
    view.note === null ? null : indent(view.note),
    indent(actionLines(view.actions)),
  )
}

function earlier(view: EpisodeView, now: number): readonly (readonly string[])[] {
  return view.earlier.map(({ at, from, to, reason }) => [ago(at, now), `${from} → ${to}`, reason])
}

/** How many have said yes of how many it takes, and who may. */
function voting({ votes, quorum, approvers, state }: ProposalView): readonly string[] {
  const names = votes.length === 0 ? '' : ` (${allOf(votes.map(({ name }) => name))})`
  return [
    ...(quorum > 1 ? [`${votes.length} of ${quorum} yes${names}`] : []),
    ...(approvers.length > 0 && state === 'open' ? [`may answer: ${approvers.join(', ')}`] : []),
  ]
}

/** Why: the reason, the arithmetic and the numbers behind it. */
export function plainDecision(view: DecisionView, now: number): string {
  const { decision } = view
  const what = {
    hold: `Hold at ${decision.to}`,
    scaleOut: `Scale out ${decision.from} → ${decision.to}`,
    scaleIn: `Scale in ${decision.from} → ${decision.to}`,
  }[decision.kind]
  return paragraphs(
    `${what} — ${view.pool}, ${ago(decision.at, now)}${view.observedOnly ? ' (observing only: nothing was done)' : ''}`,
    indent(decision.reason),
    indent(
      table([
        ['rule', ruleWords(decision.rule)],
        ['wanted', String(decision.wanted)],
        ['formula', decision.formula],
        ...decision.inputs.map((input) => [input.name, inputWords(input)]),
      ]),
    ),
    view.chart === null ? null : indent(view.chart.alt),
  )
}

function cost(view: { readonly dollarsPerHourBefore: number; readonly dollarsPerHourAfter: number }): string {
  return `${dollars(view.dollarsPerHourBefore)}/h → ${dollars(view.dollarsPerHourAfter)}/h`
}
