import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkSlackMessage, checkSlackView } from '../../../../src/chat/slack/limits.ts'

const plain = (text: string): unknown => ({ type: 'plain_text', text })
const button = (rest: object = {}): unknown => ({
  type: 'button',
  text: plain('Why'),
  action_id: 'spinup:0',
  value: 'x',
  ...rest,
})
const actions = (...elements: unknown[]): unknown => ({ type: 'actions', elements })
const select = (rest: object): unknown => ({
  type: 'static_select',
  action_id: 'a',
  options: [{ text: plain('one'), value: '1' }],
  ...rest,
})

/** One message too much for Slack each, and what is said of it. */
const WRONG: readonly (readonly [what: string, block: unknown, said: RegExp])[] = [
  ['a long header', { type: 'header', text: plain('x'.repeat(151)) }, /blocks\[0\]\.text: 151 of 150/],
  ['an empty header', { type: 'header', text: plain('') }, /blocks\[0\]\.text: empty/],
  ['a header in mrkdwn', { type: 'header', text: { type: 'mrkdwn', text: 'x' } }, /mrkdwn is not taken here/],
  ['a section of nothing', { type: 'section' }, /neither text nor fields/],
  ['a long section', { type: 'section', text: plain('x'.repeat(3001)) }, /3001 of 3000/],
  ['too many fields', { type: 'section', fields: Array.from({ length: 11 }, () => plain('x')) }, /fields: 11 of 10/],
  ['a long field', { type: 'section', fields: [plain('x'.repeat(2001))] }, /fields\[0\]: 2001 of 2000/],
  ['too much small print', { type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) }, /11 of 10/],
  ['no buttons', actions(), /elements: empty/],
  ['26 buttons', actions(...Array.from({ length: 26 }, (_, i) => button({ action_id: `${i}` }))), /26 of 25/],
  ['a long button', actions(button({ text: plain('x'.repeat(76)) })), /76 of 75/],
  ['a long value', actions(button({ value: 'x'.repeat(2001) })), /value: 2001 of 2000/],
  ['a long action id', actions(button({ action_id: 'x'.repeat(256) })), /action_id: 256 of 255/],
  ['an action id twice', actions(button(), button()), /action_id: spinup:0 is there twice/],
  [
    'a long confirmation',
    actions(button({ confirm: { title: plain('x'.repeat(101)) } })),
    /confirm\.title: 101 of 100/,
  ],
  ['no options', actions(select({ options: [] })), /options: 0, at least 1/],
  [
    '101 options',
    actions(select({ options: Array.from({ length: 101 }, () => ({ text: plain('x'), value: 'x' })) })),
    /options: 101 of 100/,
  ],
  ['a long option', actions(select({ options: [{ text: plain('x'), value: 'x'.repeat(151) }] })), /value: 151 of 150/],
  [
    'an option chosen that is none',
    actions(select({ initial_option: { text: plain('two'), value: '2' } })),
    /not one of/,
  ],
  ['a picture without words', { type: 'image', slack_file: { id: 'F1' } }, /alt_text: missing/],
  ['no picture', { type: 'image', alt_text: 'x' }, /no picture/],
  ['a long alt text', { type: 'image', slack_file: { id: 'F1' }, alt_text: 'x'.repeat(2001) }, /2001 of 2000/],
  [
    'empty rich text',
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }] },
    /elements\[0\]\.elements\[0\]\.text: empty/,
  ],
  ['a block nobody draws', { type: 'carousel', elements: [] }, /type carousel is not among/],
]

describe('the limits of Slack', () => {
  for (const [what, block, said] of WRONG) {
    it(`are told of ${what}`, () => {
      assert.match(checkSlackMessage({ text: 'x', blocks: [block] }).join('\n'), said)
    })
  }

  it('are told of a message without words, with too many, and in its thread', () => {
    assert.match(checkSlackMessage({ blocks: [] }).join(), /text: there is none/)
    assert.match(checkSlackMessage({ text: 'x'.repeat(4001) }).join(), /text: 4001 of 4000/)
    const blocks = Array.from({ length: 51 }, () => ({ type: 'divider' }))
    assert.match(checkSlackMessage({ text: 'x', blocks }).join(), /blocks: 51 of 50/)
    assert.match(checkSlackMessage({ text: 'x', thread: { text: 'x', blocks } }).join(), /thread: blocks: 51 of 50/)
    const heavy = Array.from({ length: 5 }, () => ({ type: 'section', text: plain('x'.repeat(2900)) }))
    assert.match(checkSlackMessage({ text: 'x', blocks: heavy }).join(), /of 12000 characters as JSON/)
  })

  it('are told of a view', () => {
    const input = {
      type: 'input',
      label: plain('x'),
      element: { type: 'plain_text_input', action_id: 'a', max_length: 3, initial_value: '1234' },
    }
    const modal = { type: 'modal', blocks: [input], title: plain('x'.repeat(25)) }
    const found = checkSlackView(modal).join('\n')
    assert.match(found, /title: 25 of 24/)
    assert.match(found, /submit: missing/)
    assert.match(found, /initial_value: 4 of 3/)
    const blocks = Array.from({ length: 101 }, () => ({ type: 'divider' }))
    assert.match(checkSlackView({ type: 'home', blocks }).join(), /blocks: 101 of 100/)
  })

  it('say nothing of what fits', () => {
    const blocks = [{ type: 'header', text: plain('x'.repeat(150)) }, actions(button()), { type: 'divider' }]
    assert.deepEqual(checkSlackMessage({ text: 'x', blocks, thread: null }), [])
  })
})
