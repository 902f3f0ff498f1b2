import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkSlackMessage } from '../../../../src/chat/slack/limits.ts'
import { clip } from '../../../../src/core/model/letters.ts'
import { mrkdwn } from '../../../../src/chat/slack/render/escape.ts'
import { renderSlack } from '../../../../src/chat/slack/render/render.ts'
import type { View } from '../../../../src/core/model/view.ts'
import { inflate, spoil } from './distort.ts'
import { NOW, variants } from './variants.ts'

const context = { now: NOW, images: new Map([['shop.episode', 'F1']]) }
/** Nothing of ours looks like this. */
const HOSTILE =
  '<!channel> <!here|x> <@U0EVIL> <#C0EVIL> <!subteam^S1> *loud* ~gone~ @everyone :tada: <https://evil.example|ok>'

describe('what people and droplets write, in Slack', () => {
  for (const [name, view] of Object.entries(variants)) {
    it(`stays literal in every field of ${name}`, () => {
      const message = renderSlack(spoil(view, HOSTILE), context)
      for (const markup of [message.text, message.thread?.text ?? '', ...mrkdwnOf(message)]) {
        // Instants are the only thing in angle brackets that Spinup itself writes.
        const rest = markup.replaceAll(/<!date\^\d+\^[{}a-z_, ]+\|[\w: ]+>/g, '')
        assert.doesNotMatch(rest, /[<>]/, markup)
        assert.doesNotMatch(rest.replaceAll(/^\*[^*\n]*\*$/gm, ''), /(^|\s)[*~](?=\w)|@everyone|:tada:/m, markup)
      }
      assert.ok(
        spans(message).every((span) => SPANS.has(span)),
        'no mention, emoji or channel is drawn',
      )
      assert.deepEqual(checkSlackMessage(message), [])
    })

    it(`fits whatever is put into ${name}`, () => {
      for (const huge of [
        inflate(view, 120),
        spoil(view, 'x'.repeat(5000)),
        spoil(view, ''),
        spoil(view, ' \n\u0000'),
      ]) {
        const message = renderSlack(huge, context)
        assert.deepEqual(checkSlackMessage(message), [])
        assert.match(message.text, /\S/)
      }
    })
  }

  it('shows it as it was typed', () => {
    const { blocks } = renderSlack({ ...(variants['error'] as View & { kind: 'error' }), message: HOSTILE }, context)
    assert.ok(JSON.stringify(blocks).includes(JSON.stringify(HOSTILE).slice(1, -1)))
  })

  it('keeps headline and buttons when there is no room, and says how much is missing', () => {
    const view = inflate(variants['status'] as View & { kind: 'status' }, 400)
    const { blocks, text } = renderSlack({ ...view, actions: view.actions.slice(0, 3) }, context)
    assert.equal(blocks[0]?.type, 'header')
    assert.equal(blocks.at(-1)?.type, 'actions')
    assert.match(JSON.stringify(blocks), /… \d+ more members/)
    assert.match(text, /… \d+ more/)
    assert.match(text, /\[Why[^\n]*\] \/spinup why/)
  })

  it('escapes the three control characters, and takes its meaning from every mark', () => {
    assert.equal(mrkdwn('a & b <c> queue_depth 2 * 3'), 'a &amp; b &lt;c&gt; queue_depth 2 \u00AD*\u00AD 3')
    assert.equal(mrkdwn('*x*'), '\u00AD*\u00ADx\u00AD*\u00AD')
    assert.equal(mrkdwn('> said'), '\u00AD&gt; said')
    assert.equal(mrkdwn('see https://a.example/_x_?a=1&b=*2*'), 'see https://a.example/_x_?a=1&amp;b=*2*')
  })

  it('cuts between letters as people see them', () => {
    const family = '👩‍👩‍👧‍👦'
    assert.equal(clip(family.repeat(3), family.length * 2 + 1), `${family.repeat(2)}…`)
    assert.equal(clip(`a${'\u0301'.repeat(500)}`, 10), '…')
    assert.equal(clip('12345', 5), '12345')
    assert.equal(clip('123456', 5), '1234…')
  })
})

const SPANS: ReadonlySet<unknown> = new Set(['text', 'link', 'date'])

/** Every text of the message that Slack reads as markup. */
function mrkdwnOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf)
  if (typeof value !== 'object' || value === null) return []
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)]
  return Object.values(value).flatMap(mrkdwnOf)
}

/** The types of everything inside rich text. */
function spans(value: unknown, inside = false): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((one) => spans(one, inside))
  if (typeof value !== 'object' || value === null) return []
  const rich = 'type' in value && String(value.type).startsWith('rich_text')
  const own = inside && !rich && 'type' in value ? [value.type] : []
  return [...own, ...Object.values(value).flatMap((one) => spans(one, rich))]
}
