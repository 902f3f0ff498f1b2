import type { PolicyView } from '../../../../core/model/view.ts'
import { buttons } from '../buttons.ts'
import type { Drawn } from '../context.ts'
import { headline, rows, poolName } from '../parts.ts'
import { bold, code, glue, italic } from '../rich.ts'

/** Every setting with its value and meaning; what was just changed comes first. */
export function drawPolicy(view: PolicyView): Drawn {
  const isChanged = (name: string): boolean => view.changed.some((change) => change.startsWith(`${name}:`))
  const title =
    view.changed.length === 0
      ? `Policy of ${poolName(view.pool)}`
      : `${poolName(view.pool)}: ${view.changed.join(', ').replace(/^([^:]*):/, '$1')}`
  return {
    parts: [
      headline('⚙️', title),
      ...rows(
        view.changed.map((change) => [glue('✏️ '), bold(change, 300)]),
        { rank: 'facts', noun: 'change' },
      ),
      ...rows(
        view.fields.map(({ name, value, isDefault, meaning }) => [
          glue(isChanged(name) ? '✏️ ' : isDefault ? '▫️ ' : '▪️ '),
          bold(name),
          glue('  '),
          code(value === '' ? '–' : value),
          glue('  '),
          italic(meaning, 300),
        ]),
        { rank: 'story', noun: 'setting', most: 60 },
      ),
      ...buttons(view.actions),
    ],
  }
}
