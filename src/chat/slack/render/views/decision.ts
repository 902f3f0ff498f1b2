import { inputWords, ruleWords } from '../../../../core/model/card-words.ts'
import type { DecisionView } from '../../../../core/model/view.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { WAY_MARKS } from '../marks.ts'
import { aside, dated, headline, picture, rows, words, poolName } from '../parts.ts'
import { bold, code, glue, instantToken, say } from '../rich.ts'

/** Why: the reason, the arithmetic and the numbers behind it. */
export function drawDecision(view: DecisionView, { now, images }: SlackContext): Drawn {
  const { decision } = view
  const { mark, what } = {
    hold: { mark: '⏸️', what: `hold at ${decision.to}` },
    scaleOut: { mark: WAY_MARKS.out, what: `scale out ${decision.from} → ${decision.to}` },
    scaleIn: { mark: WAY_MARKS.in, what: `scale in ${decision.from} → ${decision.to}` },
  }[decision.kind]
  return {
    parts: [
      headline(mark, `${poolName(view.pool)}: ${what}${view.observedOnly ? ' (only observed)' : ''}`),
      ...words('facts', [say(decision.reason, 1500)]),
      ...words(
        'story',
        [bold('Formula'), glue('  '), code(decision.formula, 300)],
        [
          bold('Wanted'),
          glue(`  ${decision.wanted}${decision.wanted === decision.to ? '' : `, limited to ${decision.to}`}`),
        ],
        [bold('Rule'), glue(`  ${ruleWords(decision.rule)}`)],
      ),
      ...rows(
        decision.inputs.map((input) => [bold(input.name), glue(`  ${inputWords(input)}`)]),
        { noun: 'number' },
      ),
      ...picture(view.chart, images),
      ...aside([
        dated('decided ', instantToken(decision.at, now)),
        view.observedOnly ? 'mode observe: nothing was done' : '',
      ]),
    ],
  }
}
