import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { before, describe, it } from 'node:test'
import { checkDiscordMessage, LIMITS } from '../../../../src/chat/discord/limits.ts'
import { renderDiscord, type DiscordMessage } from '../../../../src/chat/discord/render/compose.ts'
import { ADA, exampleViews } from '../../../example-views.ts'
import { createDiscordContract } from '../../../fakes/discord/contract.ts'
import { cases, NOW } from './cases.ts'
import { drawn, goldenPath } from './golden.ts'
import { active, PAYLOAD, read } from './hostile.ts'
import { texts } from './texts.ts'

const all = cases()
const contract = createDiscordContract(() => undefined)

function rendered(name: string): DiscordMessage {
  const one = all.get(name)
  if (one === undefined) throw new Error(`there is no case ${name}`)
  return renderDiscord(one.view, { now: NOW, images: one.images })
}

describe('views on Discord', () => {
  for (const [name, one] of all) {
    it(`draws ${name} as expected, within every limit`, () => {
      const message = rendered(name)
      assert.deepEqual(checkDiscordMessage(message), [])
      assert.ok(message.plain.length <= LIMITS.content, `${message.plain.length} characters of plain text`)
      assert.notEqual(message.plain, '')
      assert.deepEqual(JSON.parse(JSON.stringify(drawn(one))), JSON.parse(readFileSync(goldenPath(name), 'utf8')))
    })

    it(`lets nothing in ${name} be more than words`, () => {
      const message = rendered(name)
      const found = [...texts(message.components), ...texts(message.thread?.components ?? []), message.plain].flatMap(
        active,
      )
      assert.deepEqual(found, [])
    })
  }

  it('has a golden file for every case, and none besides', () => {
    const files = readdirSync(dirname(goldenPath('x'))).map((file) => file.replace('.golden.json', ''))
    assert.deepEqual(files.toSorted(), [...all.keys()].toSorted())
  })

  it('shows a hostile name as it is written', () => {
    const [first = ''] = texts(rendered('hostile-answer').components)
    const words = PAYLOAD.replaceAll('\n', ' ').slice(0, 120)
    assert.ok(read(first).includes(words), read(first))
  })

  it('says in the first line what it is about', () => {
    const first = (name: string): string => texts(rendered(name).components)[0]?.split('\n')[0] ?? ''
    assert.equal(first('episode'), '### ⏫ shop: scaling out 2 → 4, 1 of 2 in service')
    assert.equal(first('episode-settled'), '### ✅ shop: scaled out 2 → 4 in 1 min 35 s')
    assert.equal(first('episode-failed'), '### ❌ shop: scaling out 2 → 4 failed after 1 min 35 s, 1 of 2 in service')
    assert.equal(first('proposal'), '### ❓ shop: scale in 4 → 3?')
    assert.equal(first('proposal-denied'), '### 🚫 shop: scale in 4 → 3, denied by Grace Hopper')
    assert.equal(first('proposal-expired'), '### ⌛ shop: scale in 4 → 3, nobody answered: held at 4')
    assert.equal(first('alert-resolved'), '### ✅ Resolved after 1 min: shop-3 has gone silent')
    assert.equal(first('doctor'), '### ❌ Doctor: 1 failed, 1 warning, 1 waiting, 1 of 4 fine')
  })

  it('keeps headline and buttons of a card that has far too much, and says how much is missing', () => {
    const shown = texts(rendered('huge-status').components).join('\n')
    assert.match(shown, /^### \S+ shop/)
    assert.match(shown, /… \d+ more/)
    assert.match(JSON.stringify(rendered('huge-status').components), /"type":2/)
  })

  it('tells a failed or silent member of a crowd first', () => {
    const shown = texts(rendered('status-crowd').components).join('\n')
    assert.ok(shown.indexOf('shop-91') < shown.indexOf('shop-71'))
    assert.ok(shown.indexOf('shop-71') < shown.indexOf('shop-1 '))
  })

  it('is green for a pool that is well, and for no other', () => {
    const { status } = exampleViews(NOW)
    const members = status.members.filter(({ phase, silent }) => phase === 'inService' && !silent)
    const well = { ...status, members, desired: members.length, value: 0.5, overrides: [] }
    const mark = (view: typeof status): string =>
      texts(renderDiscord(view, { now: NOW, images: new Map() }).components)[0]?.slice(4, 6) ?? ''
    assert.equal(mark(well), '🟢')
    assert.equal(mark({ ...well, value: 0.98 }), '🟠')
    const pause = { what: 'pause', text: 'Paused', owner: ADA, reason: '', expiresAt: null } as const
    assert.equal(mark({ ...well, overrides: [pause] }), '🟠')
  })

  it('says of an act without an outcome no more than it is', () => {
    const { history } = exampleViews(NOW)
    const [entry] = history.entries
    assert.ok(entry)
    const view = { ...history, entries: [{ ...entry, what: 'connect install', outcome: '' }] }
    const shown = texts(renderDiscord(view, { now: NOW, images: new Map() }).components)
    assert.match(shown[0] ?? '', /: the last entry$/)
    assert.match(shown[1] ?? '', /\*\*connect install\*\* by Spinup$/)
  })

  it('tells the trouble of a digest first, so that a long one keeps it', () => {
    const [first = '', trouble = ''] = texts(rendered('digest').components)
    assert.match(first, /3 notices, 1 problem$/)
    assert.match(trouble, /^⚠️ \S+ \*\*Resolved: shop-1 is silent/)
    assert.ok(!/^✅/m.test(texts(rendered('huge-digest').components)[1] ?? '✅'))
  })

  it('puts the chart and the members of an episode into its thread', () => {
    const { components, thread } = rendered('episode')
    assert.ok(!JSON.stringify(components).includes('attachment://'))
    assert.ok(JSON.stringify(thread?.components).includes('attachment://chart-0.png'))
    assert.equal(thread?.name, 'shop 2 → 4, Thu 15 Jan 2026 11:59 UTC')
  })

  it('tells a chart in words where there is no picture of it', () => {
    assert.ok(!JSON.stringify(rendered('stats-told').components).includes('attachment://'))
    assert.match(texts(rendered('stats-told').components).join('\n'), /📊 CPU of shop over the last hour: mean 52 %/)
  })

  it('gives what shortened custom ids stand for, and only those', () => {
    const { components, longActions } = rendered('answer-long-actions')
    assert.equal(longActions.size, 14)
    for (const [id, action] of longActions) {
      assert.ok(JSON.stringify(components).includes(`"${id}"`))
      assert.match(action, /^apply:0a1b2c:calendar=/)
    }
    assert.equal(rendered('answer').longActions.size, 0)
  })

  it('lets the one-time link be followed, and no other', () => {
    assert.match(rendered('answer-private').plain, /<https:\/\/spinup\.example\.com\/connect\?key=a_b[^>]*>/)
    assert.ok(!/[^\\]:\/\//.test(rendered('answer').plain))
  })

  it('is the same each time', () => {
    const { episode } = exampleViews(NOW)
    const draw = (): string => JSON.stringify(renderDiscord(episode, { now: NOW, images: new Map() }))
    assert.equal(draw(), draw())
  })
})

describe(
  'messages and Discord’s document',
  { skip: contract ? false : 'the document is not beside the project' },
  () => {
    let check: (value: unknown) => readonly string[]
    before(() => {
      check = (value) => contract?.checkValue('MessageCreateRequest', value) ?? []
    })

    for (const name of all.keys()) {
      it(`takes ${name}`, () => {
        const { components, thread } = rendered(name)
        assert.deepEqual(check({ flags: 1 << 15, components }), [])
        if (thread !== null) assert.deepEqual(check({ flags: 1 << 15, components: thread.components }), [])
      })
    }
  },
)
