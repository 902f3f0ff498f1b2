import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { createDiscordContract } from './discord/contract.ts'
import type { Exchanged, Validator } from './openapi/validate.ts'

const contract = createDiscordContract(() => undefined)
const skip = contract ? false : 'the Discord API document is not beside the project'

describe('Discord’s document', { skip }, () => {
  const post: Exchanged = {
    method: 'POST',
    path: '/api/v10/channels/813200000000000001/messages',
    query: '',
    requestHeaders: { authorization: 'Bot x', 'content-type': 'application/json' },
    requestBody: { flags: 32_768, components: [{ type: 10, content: 'hello' }] },
    status: null,
    responseHeaders: {},
    responseBody: undefined,
  }
  let validator: Validator
  before(() => {
    if (contract) validator = contract
  })

  function complaint(changed: Partial<Exchanged>): string {
    return validator
      .check({ ...post, ...changed })
      .map(({ side, message }) => `${side}: ${message}`)
      .join('; ')
  }

  it('has nothing against a good message, with files or without', () => {
    assert.equal(complaint({}), '')
    const headers = { authorization: 'Bot x', 'content-type': 'multipart/form-data; boundary=x' }
    assert.equal(complaint({ requestHeaders: headers }), '')
  })

  it('wants the bot’s token, but not where an interaction’s own token is enough', () => {
    assert.match(complaint({ requestHeaders: { 'content-type': 'application/json' } }), /it has no bot token/)
    const callback = {
      path: '/api/v10/interactions/813200000000000001/tOkEn/callback',
      requestHeaders: { 'content-type': 'application/json' },
      requestBody: { type: 5, data: { flags: 64 } },
    }
    assert.equal(complaint(callback), '')
  })

  it('refuses operations, properties and lengths that it does not know', () => {
    assert.match(complaint({ path: '/api/v10/chanels/1' }), /knows no such operation/)
    const text = { type: 10, content: 'x', label: 'a text has none' }
    assert.match(complaint({ requestBody: { components: [text] } }), /components\/0\/label is not in the document/)
    const long = { type: 1, components: [{ type: 2, style: 1, custom_id: 'a', label: 'x'.repeat(81) }] }
    assert.match(complaint({ requestBody: { components: [long] } }), /label must NOT have more than 80 characters/)
  })

  it('checks a value by the name of its schema', () => {
    assert.deepEqual(validator.checkValue('MessageCreateRequest', post.requestBody), [])
    assert.notDeepEqual(validator.checkValue('MessageCreateRequest', { flags: 'many' }), [])
  })
})
