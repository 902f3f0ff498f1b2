import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Form } from '../../../../src/chat/chat.ts'
import { checkSlackMessage, checkSlackView } from '../../../../src/chat/slack/limits.ts'
import { renderHome } from '../../../../src/chat/slack/home-pages.ts'
import { readSubmission, renderForm } from '../../../../src/chat/slack/render/modal.ts'
import { renderSlack } from '../../../../src/chat/slack/render/render.ts'
import type { Action, ConnectView, View } from '../../../../src/core/model/view.ts'
import { exampleViews } from '../../../example-views.ts'
import { inflate } from './distort.ts'
import { NOW } from './variants.ts'

const context = { now: NOW, images: new Map<string, string>() }
const views = exampleViews(NOW)

const form: Form = {
  title: 'Keep 2, not 4?',
  submit: 'Deny',
  fields: [
    { name: 'reason', label: 'Why?', hint: 'The team sees it.', value: '', optional: false, most: 200 },
    { name: 'max', label: 'max', hint: '', value: '5', optional: true, most: 100 },
    {
      name: 'choice',
      label: 'Which?',
      hint: '',
      value: 'b',
      optional: false,
      most: 100,
      options: ['a', 'b'].map((value) => ({ value, label: value.toUpperCase(), detail: '' })),
    },
  ],
}

describe('forms in Slack', () => {
  it('are modals that come back with what was filled in', () => {
    const modal = renderForm(form, 'ask:deny:p1')
    assert.deepEqual(checkSlackView(modal), [])
    assert.equal(modal.private_metadata, 'ask:deny:p1')
    assert.deepEqual(
      modal.blocks.map((block) => ('optional' in block ? block.optional : null)),
      [false, true, false],
    )
    const values = {
      'field:reason': { reason: { type: 'plain_text_input', value: 'launch day' } },
      'field:max': { max: { type: 'plain_text_input', value: null } },
      'field:choice': { choice: { type: 'static_select', selected_option: { value: 'a' } } },
    }
    assert.deepEqual(readSubmission(values), { reason: 'launch day', max: '', choice: 'a' })
  })

  it('stand filled in as they were given', () => {
    const elements = JSON.stringify(renderForm(form, '').blocks)
    assert.match(elements, /"initial_value":"5"/)
    assert.match(elements, /"initial_option":\{"text":\{"type":"plain_text","text":"B"/)
  })

  it('fit, whatever they are asked to hold', () => {
    const options = Array.from({ length: 150 }, (_, index) => ({
      value: `v${index}`,
      label: 'x'.repeat(200),
      detail: 'y'.repeat(200),
    }))
    const fields: Form['fields'] = [
      {
        name: 'a',
        label: 'l'.repeat(3000),
        hint: 'h'.repeat(3000),
        value: 'v'.repeat(9000),
        optional: true,
        most: 9000,
      },
      { name: 'b', label: '', hint: '', value: 'v149', optional: true, most: 0, options },
      { name: 'c', label: 'c', hint: '', value: '', optional: true, most: 10, options: [] },
    ]
    assert.deepEqual(
      checkSlackView(renderForm({ title: 't'.repeat(99), submit: 's'.repeat(99), fields }, 'm'.repeat(3000))),
      [],
    )
    assert.throws(() => renderForm(form, 'm'.repeat(3001)), /too long for a Slack form/)
  })
})

describe('the App Home', () => {
  it('shows each pool with its buttons', () => {
    const home = renderHome([views.status, { ...views.status, pool: 'blog' }], context)
    assert.deepEqual(checkSlackView(home), [])
    const text = JSON.stringify(home.blocks)
    assert.match(text, /shop: 3 of 4 in service/)
    assert.match(text, /blog: 3 of 4 in service/)
    assert.equal(home.blocks.filter(({ type }) => type === 'actions').length, 2)
  })

  it('welcomes whoever has no pool, with a way to begin', () => {
    const home = renderHome([], context)
    assert.deepEqual(checkSlackView(home), [])
    assert.match(JSON.stringify(home.blocks), /"value":"run:\/spinup connect"/)
  })

  it('fits many and huge pools, and keeps every headline', () => {
    const many = Array.from({ length: 60 }, (_, index): View => inflate({ ...views.status, pool: `p${index}` }, 100))
    const home = renderHome(many, context)
    assert.deepEqual(checkSlackView(home), [])
    assert.equal(home.blocks.filter(({ type }) => type === 'header').length, 25)
  })
})

describe('buttons in Slack', () => {
  const action = (name: string, style: Action['style'] = 'plain'): Action => ({
    action: `run:/spinup ${name}`,
    label: name,
    style,
  })
  const drawn = (actions: readonly Action[]): string =>
    JSON.stringify(renderSlack({ ...views.answer, actions }, context).blocks)

  it('ask again before harm is done, unless a form follows', () => {
    assert.match(drawn([action('remove shop-3', 'danger')]), /"confirm":\{.*This runs \/spinup remove shop-3/)
    assert.doesNotMatch(drawn([{ action: 'ask:deny:p1', label: 'Deny', style: 'danger' }]), /"confirm"/)
    assert.doesNotMatch(drawn([action('why')]), /"confirm"/)
  })

  it('that are seldom pressed are in a menu beside the others, which says what can be typed instead', () => {
    const { blocks, text } = renderSlack(views.episode, context)
    const row = blocks.find(({ type }) => type === 'actions')
    const types = row !== undefined && 'elements' in row ? row.elements.map(({ type }) => type) : []
    assert.deepEqual(types, ['button', 'button', 'overflow'])
    assert.match(text, /\[Pin at 4 for 1 h\] \/spinup pin 4 for 1h\n\[Snooze 1 h\] \/spinup snooze 1h$/)
  })

  it('stand in a row up to five; more plain ones go into a menu, dangerous ones never', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => action(name))
    assert.doesNotMatch(drawn(five), /static_select/)
    const text = drawn([...five, action('f'), action('g', 'danger')])
    assert.equal(text.match(/"type":"button"/g)?.length, 4)
    assert.match(text, /"type":"button","text":\{[^}]*"text":"g"/)
    assert.match(text, /"options":\[\{"text":\{[^}]*"text":"d"/)
  })

  it('are choices of the onboarding up to five, then a menu, unless one is too long for it', () => {
    const choices = (count: number, length = 0): ConnectView => ({
      ...views.connect,
      actions: [],
      choices: Array.from({ length: count }, (_, index) => ({
        label: `d${index}`,
        detail: '',
        action: `${index}`.padEnd(length, 'x'),
      })),
    })
    const shape = (view: ConnectView): readonly string[] => {
      const message = renderSlack(view, context)
      assert.deepEqual(checkSlackMessage(message), [])
      return message.blocks.flatMap((block) => (block.type === 'actions' ? block.elements.map(({ type }) => type) : []))
    }
    assert.deepEqual(
      shape(choices(5)),
      Array.from({ length: 5 }, () => 'button'),
    )
    assert.deepEqual(shape(choices(6)), ['static_select'])
    assert.deepEqual(shape(choices(150)), ['static_select', 'static_select'])
    assert.deepEqual(
      shape(choices(6, 151)),
      Array.from({ length: 6 }, () => 'button'),
    )
  })
})
