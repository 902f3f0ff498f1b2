import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain } from '../../src/chat/console/plain.ts'
import { renderDiscord } from '../../src/chat/discord/render/compose.ts'
import { renderSlack } from '../../src/chat/slack/render/render.ts'
import type { View } from '../../src/core/model/view.ts'
import { renderView } from '../../src/web/console/views/render.ts'
import { exampleViews } from '../example-views.ts'
import { flat } from './lit-words.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const URL = 'https://spinup.example/e/ab12'
const context = { now: NOW, images: new Map<string, string>() }
const nothing = (): void => undefined
const drawing = {
  cardId: 'c',
  revision: 1,
  at: NOW,
  theme: 'dark',
  pressState: () => 'idle' as const,
  press: nothing,
  suggest: nothing,
  send: nothing,
  enlarge: nothing,
  copy: nothing,
} as const
const READERS: Readonly<Record<string, (view: View) => string>> = {
  Slack: (view) => JSON.stringify(renderSlack(view, context)),
  Discord: (view) => JSON.stringify(renderDiscord(view, context)),
  'plain text': (view) => plain(view, NOW),
}

describe('the way to a card’s own page', () => {
  const { episode, proposal, decision, alert } = exampleViews(NOW)
  for (const view of [episode, proposal, decision, alert] as const) {
    for (const [reader, read] of Object.entries(READERS)) {
      it(`is on the card once, where the console has an address: ${view.kind}, ${reader}`, () => {
        const linked = read({ ...view, page: { id: 'ab12', url: URL } })
        assert.ok(linked.includes(URL), linked)
        for (const unlinked of [view, { ...view, page: { id: 'ab12', url: null } }] as const)
          assert.equal(read(unlinked), read(view))
      })
    }

    it(`is on the console’s card, address or not: ${view.kind}`, () => {
      for (const url of [URL, null])
        assert.match(flat(renderView({ ...view, page: { id: 'ab12', url } }, drawing)), /href=\/e\/ab12>Timeline/)
    })
  }
})
