import { withoutUnseen } from '../../core/model/clean.ts'
import { duration } from '../../core/model/words.ts'
import type { AlertView, AnswerView, ConnectView, ErrorView, HelpView, View } from '../../core/model/view.ts'
import { plainDecision, plainEpisode, plainProposal } from './plain-change.ts'
import { plainCost, plainRefresh } from './plain-upkeep.ts'
import { plainDigest, plainDoctor, plainSummary } from './plain-report.ts'
import { plainWhatIf } from './plain-what-if.ts'
import { plainHistory, plainPolicy, plainStats, plainStatus } from './plain-pool.ts'
import { actionLines, paragraphs } from './plain-parts.ts'
import { lineOf, MARK_OF_TONE } from '../../core/model/card-words.ts'
import { indent, table } from '../../core/model/table.ts'

/** A view as plain text for terminals and fallbacks, without a trailing newline; `now` (epoch ms) dates what is ago. */
export function plain(view: View, now: number): string {
  // Names and details come from people and droplets: no control character must reach somebody's terminal, and nothing
  // that turns the direction of writing.
  return withoutUnseen(words(view, now))
}

function words(view: View, now: number): string {
  switch (view.kind) {
    case 'answer':
      return answer(view)
    case 'help':
      return help(view)
    case 'status':
      return plainStatus(view, now)
    case 'stats':
      return plainStats(view)
    case 'episode':
      return plainEpisode(view, now)
    case 'proposal':
      return plainProposal(view, now)
    case 'decision':
      return plainDecision(view, now)
    case 'policy':
      return plainPolicy(view)
    case 'whatif':
      return plainWhatIf(view)
    case 'history':
      return plainHistory(view, now)
    case 'connect':
      return connect(view)
    case 'refresh':
      return plainRefresh(view, now)
    case 'cost':
      return plainCost(view)
    case 'alert':
      return alert(view, now)
    case 'digest':
      return plainDigest(view, now)
    case 'summary':
      return plainSummary(view)
    case 'doctor':
      return plainDoctor(view)
    case 'error':
      return error(view)
    default:
      return view satisfies never
  }
}

function answer(view: AnswerView): string {
  return paragraphs(
    `${MARK_OF_TONE[view.tone]} ${view.title}`,
    indent(view.text),
    indent(table(view.fields.map(({ name, value }) => [name, value]))),
    indent(actionLines(view.actions)),
  )
}

function help(view: HelpView): string {
  const rows = view.commands.map(({ usage, summary }) => [usage, summary])
  const examples = view.commands.map(({ example }) => example).filter((example) => example !== '')
  return paragraphs(
    'Commands',
    indent(table(rows)),
    examples.length === 0 ? null : `For example\n\n${indent(examples.join('\n'))}`,
  )
}

const STEP_MARKS = { todo: '○', doing: '…', done: '✓', failed: '✗' } as const

function connect(view: ConnectView): string {
  const steps = view.steps.map(({ label, state, detail, progress }) => [
    STEP_MARKS[state],
    label,
    [progress === null ? '' : `${Math.round(progress * 100)} %`, detail ?? ''].filter(Boolean).join('  '),
  ])
  return paragraphs(
    view.title,
    indent(table(steps)),
    view.prompt,
    indent(table(view.choices.map(({ label, detail, action }) => [`[${label}]`, detail, lineOf(action)]))),
    view.line === null ? null : indent(`$ ${view.line}`),
    indent(actionLines(view.actions)),
  )
}

function alert(view: AlertView, now: number): string {
  const when =
    view.state === 'resolved' && view.resolvedAt !== null
      ? `resolved after ${duration(view.resolvedAt - view.since)}`
      : `for ${duration(now - view.since)}`
  return paragraphs(
    `${view.state === 'resolved' ? MARK_OF_TONE.good : MARK_OF_TONE[view.tone]} ${view.title} (${when})`,
    indent(view.text),
    indent(table(view.facts.map(({ name, value }) => [name, value]))),
    view.fix === null ? null : indent(`What to do: ${view.fix}`),
    indent(actionLines(view.actions)),
  )
}

function error(view: ErrorView): string {
  return paragraphs(
    `${MARK_OF_TONE.bad} ${view.message}`,
    view.suggestion === null ? null : indent(`Did you mean: ${view.suggestion}`),
    view.example === null ? null : indent(`Example: ${view.example}`),
  )
}
