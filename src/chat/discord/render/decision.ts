import type { Input } from '../../../core/model/decision.ts'
import type { DecisionView } from '../../../core/model/view.ts'
import { inputWords, ruleWords } from '../../../core/model/card-words.ts'
import { code, escape, prose } from './escape.ts'
import { chart, headline, rows, sheet, text } from './parts.ts'
import type { DiscordContext, Sheet } from './parts.ts'
import { clock, since } from './when.ts'

const WAYS = {
  hold: ['✋', 'held at'],
  scaleOut: ['📈', 'scale out'],
  scaleIn: ['📉', 'scale in'],
} as const

/** Why: the reason first, then the arithmetic and the numbers behind it. */
export function decision(view: DecisionView, context: DiscordContext): Sheet {
  const { kind, from, to, at, reason, rule, wanted, formula, inputs } = view.decision
  const [mark, what] = WAYS[kind]
  const sizes = kind === 'hold' ? String(to) : `${from} → ${to}`
  return sheet(
    'info',
    headline(mark, `${escape(view.pool, 60)}: ${what} ${sizes}, ${since(at)}`),
    view.observedOnly ? text(1, '👀 Observing only: nothing was done.') : null,
    text(1, ...prose(reason)),
    text(
      2,
      `Wanted **${wanted}**${wanted === to ? '' : `, limited to **${to}**`} · rule **${escape(ruleWords(rule), 60)}** · ${clock(at)}`,
    ),
    text(2, code(formula, 300)),
    rows(3, inputs.map(row), [1]),
    chart(view.chart, context),
  )
}

function row(input: Input): readonly string[] {
  return [input.name, inputWords(input)]
}
