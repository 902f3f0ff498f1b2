import type { PolicyView } from '../../../core/model/view.ts'
import { code, escape } from './escape.ts'
import { buttons, headline, sheet, text } from './parts.ts'
import type { Sheet } from './parts.ts'

type Setting = PolicyView['fields'][number]

/** Every setting with its value and meaning: what was just changed, what the team set, what is as it comes. */
export function policy(view: PolicyView): Sheet {
  const set = view.fields.filter(({ isDefault }) => !isDefault)
  const usual = view.fields.filter(({ isDefault }) => isDefault)
  // `target: 60 % → 55 %` reads without its colon after the pool's.
  const changed = view.changed.map((line) => escape(line.replace(/^(\w+): /, '$1 '), 160))
  const title =
    changed.length === 0
      ? `Policy of ${escape(view.pool, 60)}`
      : `${escape(view.pool, 60)}: ${changed.slice(0, 2).join(', ')}`
  return sheet(
    changed.length === 0 ? 'info' : 'good',
    headline(
      changed.length === 0 ? '⚙️' : '✏️',
      changed.length > 2 ? `${title} and ${changed.length - 2} more` : title,
    ),
    changed.length > 2 ? text(1, `Changed: ${changed.slice(2).join(', ')}`) : null,
    set.length === 0 ? null : text(1, '**Set by the team**', ...set.map(line)),
    usual.length === 0 ? null : text(2, '**As it comes**', ...usual.map(line)),
    buttons(view.actions),
  )
}

function line({ name, value, meaning }: Setting): string {
  return `${code(name, 60)} **${escape(value, 120)}** · ${escape(meaning, 160)}`
}
