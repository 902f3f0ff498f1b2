import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkDiscordMessage, checkDiscordModal, type CheckedMessage } from '../../../../src/chat/discord/limits.ts'

type Components = NonNullable<CheckedMessage['components']>

/** What the check says of a container with these in it; they are wrong on purpose, so no type would take them. */
function wrong(inner: readonly unknown[]): string {
  return checkDiscordMessage({ components: [{ type: 17, components: inner }] as unknown as Components }).join('; ')
}

const text = (content: string): unknown => ({ type: 10, content })
const button = (id: string, label = 'Go'): unknown => ({ type: 2, style: 2, label, custom_id: id })
const row = (...components: readonly unknown[]): unknown => ({ type: 1, components })
const select = (options: readonly unknown[]): unknown => ({ type: 3, custom_id: 'pick', options })
const option = (value: string): unknown => ({ label: 'x', value })

describe('the limits of a message on Discord', () => {
  it('have nothing against a good one', () => {
    assert.equal(wrong([text('x'), row(button('a'), button('b')), row(select([option('1')]))]), '')
  })

  const refused: readonly (readonly [what: string, inner: readonly unknown[], says: RegExp])[] = [
    ['too many components', Array.from({ length: 40 }, () => text('x')), /41 components of 40/],
    ['too much text', [text('x'.repeat(2001)), text('x'.repeat(2000))], /4001 characters of 4000/],
    ['an empty text', [text('')], /its text has 0 characters/],
    ['too many rows', Array.from({ length: 6 }, (_, index) => row(button(`b${index}`))), /6 action rows of 5/],
    ['too many buttons', [row(...[1, 2, 3, 4, 5, 6].map((id) => button(String(id))))], /the row has 6 items of 1 to 5/],
    ['a button beside a select', [row(button('a'), select([option('1')]))], /the row has 2 items of 1 to 1/],
    ['a long label', [row(button('a', 'x'.repeat(81)))], /its label has 81 characters/],
    ['a long custom id', [row(button('x'.repeat(101)))], /its custom id has 101 characters/],
    ['the same custom id twice', [row(button('a'), button('a'))], /the custom id "a" is there twice/],
    [
      'too many options',
      [row(select(Array.from({ length: 26 }, (_, index) => option(String(index)))))],
      /the select has 26 items/,
    ],
    ['the same option twice', [row(select([option('1'), option('1')]))], /two options have the same value/],
    ['a long option', [row(select([{ label: 'x'.repeat(101), value: '1' }]))], /options\/0: its label has 101/],
    ['a section without an accessory', [{ type: 9, components: [text('x')] }], /the section has no accessory/],
    [
      'a section of four texts',
      [{ type: 9, components: [1, 2, 3, 4].map(() => text('x')), accessory: button('a') }],
      /the section has 4 items of 1 to 3/,
    ],
    ['an empty gallery', [{ type: 12, items: [] }], /the gallery has 0 items/],
    [
      'a long description',
      [{ type: 12, items: [{ media: { url: 'attachment://a.png' }, description: 'x'.repeat(1025) }] }],
      /its description has 1025 characters/,
    ],
    ['a container in a container', [{ type: 17, components: [text('x')] }], /type 17 is not allowed here/],
    ['a button on its own', [button('a')], /type 2 is not allowed here/],
  ]
  for (const [what, inner, says] of refused) it(`refuse ${what}`, () => assert.match(wrong(inner), says))

  it('refuse a content, embeds and no components at all', () => {
    const said = checkDiscordMessage({ components: [], content: 'x', embeds: [{}] }).join('; ')
    assert.match(said, /it has no components; it has a content.*; it has embeds/)
  })

  it('hold for the thread too', () => {
    const thread = { name: 'x'.repeat(101), components: [] }
    const said = checkDiscordMessage({ components: [{ type: 10, content: 'x' }], thread }).join('; ')
    assert.equal(said, 'the thread’s name has 101 characters of 100; thread: it has no components')
  })

  it('refuse a modal whose title is long, or that asks too much', () => {
    const label = { type: 18, label: 'x', component: { type: 4, custom_id: 'a', style: 1 } } as const
    assert.deepEqual(checkDiscordModal({ custom_id: 'm', title: 'x', components: [label] }), [])
    const said = checkDiscordModal({
      custom_id: 'm',
      title: 'x'.repeat(46),
      components: Array.from({ length: 6 }, () => label),
    }).join('; ')
    assert.match(said, /its title has 46 characters of 1 to 45; it has 6 components of 1 to 5/)
    assert.match(said, /"a" is there twice/)
  })
})
