import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { checkSlackMessage } from '../../../../src/chat/slack/limits.ts'
import { cardOf } from '../../../../src/core/cards/cards.ts'
import { renderSlack } from '../../../../src/chat/slack/render/render.ts'
import { NOW, variants } from './variants.ts'

/** One chart has been uploaded, the others are told in words. */
const context = { now: NOW, images: new Map([['shop.episode', 'F0614TZR7']]) }
const folder = import.meta.dirname
const names = Object.keys(variants)

describe('views in Slack', () => {
  for (const name of names) {
    it(`looks as expected for ${name}`, () => {
      const message: unknown = JSON.parse(JSON.stringify(renderSlack(variants[name]!, context)))
      const file = join(folder, `${name}.golden.json`)
      // To take what is drawn as what is expected: UPDATE_GOLDEN=1, then look at the difference.
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, `${JSON.stringify(message, null, 2)}\n`)
      assert.ok(existsSync(file), `${file} is missing; run the tests once with UPDATE_GOLDEN=1 and look at it`)
      assert.deepEqual(message, JSON.parse(readFileSync(file, 'utf8')))
    })

    it(`is within every limit of Slack for ${name}`, () => {
      assert.deepEqual(checkSlackMessage(JSON.parse(readFileSync(join(folder, `${name}.golden.json`), 'utf8'))), [])
    })
  }

  it('has no golden file of a view that is gone', () => {
    const files = globSync('*.golden.json', { cwd: folder }).map((file) => basename(file, '.golden.json'))
    assert.deepEqual(files.toSorted(), names.toSorted())
  })

  it('says what matters in the first line of the text', () => {
    const first = (name: string): string => renderSlack(variants[name]!, context).text.split('\n')[0] ?? ''
    assert.equal(first('episode'), '⏫ shop: scaling out 2 → 4, 1 of 2 in service')
    assert.equal(first('episode-settled'), '✅ shop: scaled out 2 → 4 in 42 s')
    assert.equal(first('episode-failed'), '❌ shop: scaling out 2 → 4 failed after 1 min 35 s, 1 of 2 in service')
    assert.equal(first('episode-asked'), '⏫ shop: scaling out 2 → 4, 0 of 2 in service')
    assert.equal(first('episode-deciding'), '❓ shop: scale out 2 → 4?')
    assert.equal(first('episode-denied'), '🚫 shop: scale out 2 → 4, denied by Grace Hopper')
    assert.equal(first('proposal'), '❓ shop: scale in 4 → 3?')
    assert.equal(first('proposal-denied'), '🚫 shop: scale in 4 → 3, denied by Grace Hopper')
    assert.equal(first('alert-resolved'), '✅ Resolved after 2 min: shop-3 has gone silent')
  })

  it('has a thread for what can be told in more detail, with the chart of a scale event in it', () => {
    for (const [name, view] of Object.entries(variants)) {
      const { blocks, thread } = renderSlack(view, context)
      assert.equal(thread !== null, cardOf(view).details !== null, name)
      // Where nothing took place there is nothing to tell of it.
      if (view.kind === 'episode') assert.equal(thread !== null, view.approval?.state !== 'denied', name)
      if (view.kind === 'episode') assert.ok(!blocks.some(({ type }) => type === 'image'), name)
    }
    const { thread } = renderSlack(variants['episode']!, context)
    const image = thread?.blocks.find(({ type }) => type === 'image')
    assert.deepEqual(image && 'slack_file' in image ? image.slack_file : null, { id: 'F0614TZR7' })
    assert.match(
      renderSlack(variants['episode']!, { now: NOW, images: new Map() }).thread?.text ?? '',
      /📈 CPU rose to 93 %/,
    )
  })
})
