import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Exchange } from '../../src/demo/cloud/api/exchange.ts'
import { loadDocument } from './digitalocean/openapi-document.ts'
import { createValidator, type Validator } from './digitalocean/validate.ts'

const document = loadDocument(undefined, () => undefined)
const skip = document ? false : 'the DigitalOcean API document is not beside the project'

it('says in one line that there is no document to check against', () => {
  const lines: string[] = []
  assert.equal(
    loadDocument('/nowhere/api.json', (line) => lines.push(line)),
    null,
  )
  assert.deepEqual(lines, ['skipped: the DigitalOcean API document is not at /nowhere/api.json'])
})

describe('the validator', { skip }, () => {
  const good: Exchange = {
    at: 0,
    method: 'GET',
    path: '/v2/droplets',
    query: '',
    operation: null,
    requestHeaders: { authorization: 'Bearer x' },
    requestBody: undefined,
    status: 200,
    responseHeaders: { 'content-type': 'application/json', 'ratelimit-limit': '5000' },
    responseBody: { droplets: [], links: {}, meta: { total: 0 } },
    outcome: 'answered',
    faults: [],
    token: null,
  }
  const post: Exchange = {
    ...good,
    method: 'POST',
    requestHeaders: { authorization: 'Bearer x', 'content-type': 'application/json' },
    status: null,
  }
  let validator: Validator
  before(() => {
    if (document) validator = createValidator(document)
  })

  function complaint(changed: Partial<Exchange>, base = good): string {
    return validator
      .check({ ...base, ...changed })
      .map((violation) => `${violation.side}: ${violation.message}`)
      .join('; ')
  }

  it('has nothing against a good exchange, nor against what is in no document', () => {
    assert.equal(complaint({}), '')
    const before = validator.exchanges()
    assert.equal(complaint({ path: '/v1/oauth/token' }), '')
    assert.equal(validator.exchanges(), before)
  })

  it('sees a wrong request: path, query, token, body', () => {
    assert.match(complaint({ path: '/v2/droplet' }), /request: the document knows no such operation/)
    assert.match(complaint({ query: 'tag=x' }), /request: query parameter tag is not in the document/)
    assert.match(complaint({ query: 'per_page=201' }), /request: query parameter per_page must be <= 200/)
    assert.match(complaint({ query: 'page=two' }), /request: query parameter page must be integer/)
    assert.match(complaint({ path: '/v2/droplets/web-1', status: null }), /path parameter droplet_id must be integer/)
    assert.match(complaint({ requestHeaders: {} }), /request: it has no bearer token/)
    assert.match(complaint({ requestBody: {} }), /request: it has a body/)
    const droplet = { name: 'a', size: 's-1vcpu-1gb', image: 1 }
    assert.equal(complaint({ requestBody: droplet }, post), '')
    assert.match(complaint({ requestBody: { name: 'a', size: 's-1vcpu-1gb' } }, post), /request: body/)
    assert.match(complaint({ requestBody: { ...droplet, tag: 'x' } }, post), /body\/tag is not in the document/)
    assert.match(complaint({ requestBody: { ...droplet, image: null } }, post), /request: body\/image/)
    assert.match(
      complaint({ requestBody: droplet, requestHeaders: { authorization: 'Bearer x' } }, post),
      /content type is none/,
    )
    const act = { ...post, path: '/v2/droplets/1/actions' }
    assert.equal(complaint({ requestBody: { type: 'snapshot', name: 'x' } }, act), '')
    assert.match(complaint({ requestBody: { type: 'dance' } }, act), /request: body/)
    assert.match(complaint({ requestBody: { type: 'snapshot', name: 1 } }, act), /request: body\/name must be string/)
    const tag = { ...post, path: '/v2/tags' }
    assert.match(complaint({ requestBody: { name: 'a', resources: {} } }, tag), /body\/resources is read-only/)
  })

  it('sees a wrong answer: body, headers, content type, a body where none belongs', () => {
    assert.match(complaint({ responseBody: { droplets: [] } }), /answer: body must have required property 'meta'/)
    assert.match(complaint({ responseBody: { droplets: [], meta: { total: 0 }, extra: 1 } }), /body\/extra is not in/)
    assert.match(
      complaint({ responseBody: { droplets: [{ id: 'x' }], meta: { total: 1 } } }),
      /answer: body\/droplets\/0/,
    )
    assert.match(
      complaint({ status: 404, responseBody: { error: 'no' } }),
      /answer: body must have required property 'id'/,
    )
    assert.match(
      complaint({ responseHeaders: { 'content-type': 'text/html' } }),
      /answer: its content type is text\/html/,
    )
    const headers = { ...good.responseHeaders, 'ratelimit-limit': 'many' }
    assert.match(complaint({ responseHeaders: headers }), /answer: header ratelimit-limit must be integer/)
    const gone = { method: 'DELETE', path: '/v2/droplets/1', status: 204, responseBody: undefined }
    assert.equal(complaint(gone), '')
    assert.match(complaint({ ...gone, responseBody: {} }), /answer: it has an undocumented body/)
  })
})
