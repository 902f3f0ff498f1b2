import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain } from '../../src/chat/console/plain.ts'
import { renderDiscord } from '../../src/chat/discord/render/compose.ts'
import { renderSlack } from '../../src/chat/slack/render/render.ts'
import { cardOf } from '../../src/core/cards/cards.ts'
import type { View } from '../../src/core/model/view.ts'
import { exampleViews } from '../example-views.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
/** Where it is cut into more than one line or part, it still begins and ends. */
const NAMES = ['מרים', 'مريم', 'ܡܪܝܡ', 'מרים כהן']

const READERS: Readonly<Record<string, (view: View) => string>> = {
  Slack: (view) => JSON.stringify(renderSlack(view, { now: NOW, images: new Map() })),
  Discord: (view) => JSON.stringify(renderDiscord(view, { now: NOW, images: new Map() })),
  'plain text': (view) => plain(view, NOW),
  'the document that pages draw': (view) => JSON.stringify(cardOf(view)),
}

describe('a name written from right to left', () => {
  const views = exampleViews(NOW)
  for (const name of NAMES) {
    const by = { id: 'console:m', name, platform: 'console' } as const
    const cards: Readonly<Record<string, View>> = {
      'who answered': { ...views.proposal, state: 'approved', by, decidedAt: NOW, actions: [] },
      'who pinned, and why': {
        ...views.status,
        actions: [],
        overrides: [{ what: 'pin', text: 'Pinned at 3', owner: by, reason: `${name}: 3 → 5`, expiresAt: null }],
      } as View,
      'a droplet': { ...views.stats, member: name, actions: [] } as View,
      'an answer': { ...views.answer, title: `${name}: 3 → 5 members`, actions: [] } as View,
    }
    for (const [reader, read] of Object.entries(READERS)) {
      it(`keeps its numbers beside it in place: ${name}, ${reader}`, () => {
        for (const [what, view] of Object.entries(cards)) {
          const text = read(view)
          assert.ok(text.includes(`\u2068${name}\u2069`), `${what}: ${text.slice(0, 300)}`)
          const bare = text.replaceAll(/\u2068[^\u2069]*\u2069/g, '').replaceAll(/"(action|value|code)":"[^"]*"/g, '')
          assert.equal(bare.includes(name), false, `${what} stands outside of an isolate: ${bare}`)
        }
      })
    }
  }
})
