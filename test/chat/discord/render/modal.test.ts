import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Form, FormField } from '../../../../src/chat/chat.ts'
import { checkDiscordModal } from '../../../../src/chat/discord/limits.ts'
import { readSubmission, renderForm } from '../../../../src/chat/discord/render/modal.ts'
import { createDiscordContract } from '../../../fakes/discord/contract.ts'
import { PAYLOAD } from './hostile.ts'

const reason: FormField = {
  name: 'reason',
  label: 'Why?',
  hint: 'The team sees it on the card and in the history.',
  value: '',
  optional: false,
  most: 200,
}

function choice(count: number): FormField {
  const options = Array.from({ length: count }, (_, index) => ({
    value: `droplet ${index}`,
    label: `web-${index}`,
    detail: 's-1vcpu-1gb, fra1',
  }))
  return { ...reason, name: 'choice', value: 'droplet 0', options }
}

function form(...fields: readonly FormField[]): Form {
  return { title: 'Keep 2, not 4?', submit: 'Deny', fields }
}

const contract = createDiscordContract(() => undefined)

/** Within our limits, and as Discord's document says where it is at hand. */
function assertGood(modal: ReturnType<typeof renderForm>): void {
  assert.deepEqual(checkDiscordModal(modal), [])
  assert.deepEqual(contract?.checkValue('ModalInteractionCallbackRequest', { type: 9, data: modal }) ?? [], [])
}

describe('forms on Discord', () => {
  it('ask for a text with its label, its hint and its limit', () => {
    const modal = renderForm(form(reason), 'ask:deny:p1')
    assertGood(modal)
    assert.deepEqual(modal, {
      custom_id: 'ask:deny:p1',
      title: 'Keep 2, not 4?',
      components: [
        {
          type: 18,
          label: 'Why?',
          description: 'The team sees it on the card and in the history.',
          component: { type: 4, custom_id: 'reason', style: 2, required: true, max_length: 200 },
        },
      ],
    })
  })

  it('let one type what nobody could list', () => {
    const modal = renderForm(form({ ...choice(0), value: '' }), 'ask:connect')
    assertGood(modal)
    assert.deepEqual(
      modal.components.map((one) => 'component' in one && one.component.type),
      [4],
    )
  })

  it('offer a short list with the usual choice made', () => {
    const modal = renderForm(form(choice(25)), 'ask:connect')
    assertGood(modal)
    assert.equal(modal.components.length, 1)
    assert.match(JSON.stringify(modal), /"value":"droplet 0","label":"web-0",.{0,60}"default":true/)
  })

  it('offer a list of a hundred in parts, and read whichever was used', () => {
    const modal = renderForm(form(choice(100)), 'ask:connect')
    assertGood(modal)
    assert.deepEqual(
      modal.components.map((one) =>
        'component' in one && 'custom_id' in one.component ? one.component.custom_id : '',
      ),
      ['choice#0', 'choice#1', 'choice#2', 'choice#3'],
    )
    const sent = [0, 1, 2, 3].map((index) => ({
      component: { custom_id: `choice#${index}`, values: index === 2 ? ['droplet 60'] : [] },
    }))
    assert.deepEqual(readSubmission(sent), { choice: 'droplet 60' })
  })

  it('give every field its place before any gets a second one', () => {
    const modal = renderForm(form(choice(100), reason, { ...reason, name: 'more' }), 'ask:connect')
    assertGood(modal)
    assert.equal(modal.components.length, 5)
    assert.match(JSON.stringify(modal.components.at(-1)), /"more"/)
  })

  it('stay within the limits with far too much in them', () => {
    const long = 'x'.repeat(5000)
    const wordy = { ...reason, label: long, hint: long, value: long, most: 9000 }
    const many = Array.from({ length: 8 }, (_, index) => ({ ...wordy, name: `f${index}` }))
    assertGood(renderForm({ ...form(...many), title: long }, 'ask:policy'))
    const listed = {
      ...choice(30),
      label: long,
      hint: '',
      options: [{ value: long, label: long, detail: long }, ...(choice(30).options ?? [])],
    }
    assertGood(renderForm(form(listed), 'ask:connect'))
    assertGood(
      renderForm({ ...form({ ...reason, label: PAYLOAD, value: PAYLOAD, hint: PAYLOAD }), title: PAYLOAD }, 'ask:x'),
    )
  })

  it('are read as discord.js and as the gateway give them', () => {
    assert.deepEqual(
      readSubmission([
        { component: { customId: 'reason', value: 'sale at noon' } },
        { component: { custom_id: 'choice', values: ['droplet 7'] } },
        { components: [{ customId: 'old', value: 'in a row' }] },
        { component: { customId: 'none', values: [] } },
        {},
      ]),
      { reason: 'sale at noon', choice: 'droplet 7', old: 'in a row', none: '' },
    )
  })
})
