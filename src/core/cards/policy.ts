import type { PolicyView } from '../model/view.ts'
import { plural } from '../model/words.ts'
import { actions, card, rows, type Card, type Row } from './card.ts'
import { poolName } from './words.ts'

/** What was just changed; where nothing was, every setting with its value and meaning, what the team set first. */
export function policyCard({ pool, fields, changed, actions: buttons }: PolicyView): Card {
  const row = ({ name, value, isDefault, meaning }: PolicyView['fields'][number]): Row => ({
    mark: isDefault ? 'point' : 'settings',
    words: [
      { code: name, type: `/spinup policy ${name} ` },
      '  ',
      { strong: value === '' ? '–' : value },
      `  ${meaning}`,
    ],
  })
  // `target: 60 % → 55 %` reads without its colon.
  const changes = changed.map((line) => line.replace(/^([\w-]+): /, '$1 '))
  const [only, ...more] = changes
  if (only === undefined) {
    const set = fields.filter(({ isDefault }) => !isDefault)
    const usual = fields.filter(({ isDefault }) => isDefault)
    return card({ tone: 'info', mark: 'settings', headline: `Policy of ${poolName(pool)}` }, [
      rows([...set, ...usual].map(row), 'setting'),
      actions(buttons),
    ])
  }
  const what = more.length === 0 ? only : `${plural(changes.length, 'setting')} changed`
  return card({ tone: 'good', mark: 'good', headline: `${poolName(pool)}: ${what}` }, [
    rows(more.length === 0 ? [] : changes.map((change) => ({ mark: 'changed', words: [change] })), 'change', 'facts'),
    actions(buttons),
  ])
}
