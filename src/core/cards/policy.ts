import type { PolicyView } from '../model/view.ts'
import { actions, card, rows, type Card, type Head, type Row } from './card.ts'
import { firstOf, poolName } from './words.ts'

/** Every setting with its value and meaning: what was just changed is marked, what the team set comes first. */
export function policyCard(view: PolicyView): Card {
  const isChanged = (name: string): boolean => view.changed.some((change) => change.startsWith(`${name}:`))
  const row = ({ name, value, isDefault, meaning }: PolicyView['fields'][number]): Row => ({
    mark: isChanged(name) ? 'changed' : isDefault ? 'point' : 'settings',
    words: [
      { code: name, type: `/spinup policy ${name} ` },
      '  ',
      { strong: value === '' ? '–' : value },
      `  ${meaning}`,
    ],
  })
  const set = view.fields.filter(({ isDefault }) => !isDefault)
  const usual = view.fields.filter(({ isDefault }) => isDefault)
  return card(head(view), [
    rows(
      view.changed.length > 1 ? view.changed.map((change) => ({ mark: 'changed', words: [{ strong: change }] })) : [],
      'change',
      'facts',
    ),
    rows([...set, ...usual].map(row), 'setting'),
    actions(view.actions),
  ])
}

function head({ pool, changed }: PolicyView): Head {
  if (changed.length === 0) return { tone: 'info', mark: 'settings', headline: `Policy of ${poolName(pool)}` }
  // `target: 60 % → 55 %` reads without its colon after the pool's.
  const changes = changed.map((line) => line.replace(/^(\w+): /, '$1 '))
  return { tone: 'good', mark: 'good', headline: `${poolName(pool)}: ${firstOf(changes)}` }
}
