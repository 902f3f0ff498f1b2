import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseLine } from '../../../src/commands/dispatch/line.ts'
import { createHandlers } from '../../../src/commands/dispatch/handlers.ts'
import type { Request } from '../../../src/commands/registry.ts'

describe('who did what, as typed', () => {
  const read = (line: string): unknown => {
    const parsed = parseLine(line, 0)
    return parsed.kind === 'request' ? parsed.request : parsed.view
  }

  it('takes a count, a person, or both', () => {
    assert.deepEqual(read('history'), { kind: 'history', count: 15 })
    assert.deepEqual(read('history 50'), { kind: 'history', count: 50 })
    assert.deepEqual(read('history 9999'), { kind: 'history', count: 200 })
    assert.deepEqual(read('history of me'), { kind: 'history', count: 15, person: 'me' })
    assert.deepEqual(read('history 20 of Grace Hopper'), { kind: 'history', count: 20, person: 'Grace Hopper' })
    assert.deepEqual(read('history of <@U0614TZR7|grace>'), {
      kind: 'history',
      count: 15,
      person: '<@U0614TZR7|grace>',
    })
  })

  it('says how it is done where it is not', () => {
    for (const [line, suggestion] of [
      ['history 20 ada', '/spinup history 20 of ada'],
      ['history of', '/spinup history 15 of me'],
    ] as const) {
      const view = read(line) as { readonly kind: string; readonly suggestion: string }
      assert.deepEqual([view.kind, view.suggestion], ['error', suggestion])
    }
    assert.equal((read('history lots') as { readonly kind: string }).kind, 'error')
  })
})

describe('the doctor’s button', () => {
  it('is that check-up’s press, and never a line', async () => {
    const asked: Request[] = []
    const handlers = createHandlers({
      perform: async (request) => {
        asked.push(request)
        return []
      },
      form: () => Promise.reject(new Error('no form')),
      home: async () => [],
      facts: async () => ({ pools: [], members: [], stats: [] }),
      now: () => 0,
      failed: assert.fail,
      timeZone: async () => 'UTC',
    })
    const asker = {
      actor: { id: 'slack:U1', name: 'Ada', platform: 'slack' },
      place: { platform: 'slack', channel: 'C1', tenant: null },
      roles: [],
    }
    assert.deepEqual(await handlers.action({ action: 'doctor:press:0af3', asker }), [])
    assert.deepEqual(asked, [{ kind: 'doctor', press: '0af3' }])
    const [stale] = await handlers.action({ action: 'doctor:heal', asker })
    assert.equal(stale?.kind, 'error')
    assert.equal(asked.length, 1)
  })
})
