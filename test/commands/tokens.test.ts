import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHandlers, type CommandService } from '../../src/commands/dispatch/handlers.ts'
import type { Asker } from '../../src/core/model/platforms.ts'

const TOKEN = `dop_v1_${'0a'.repeat(32)}`
const asker: Asker = {
  actor: { id: 'slack:U1', name: 'Ada', platform: 'slack' },
  place: { platform: 'slack', channel: 'T1/C1', tenant: null },
  roles: [],
}

describe('a token in what people type, press and fill in', () => {
  const reached: unknown[] = []
  const reach = async (...all: unknown[]): Promise<never[]> => {
    reached.push(all)
    return []
  }
  const service: CommandService = {
    perform: reach,
    form: reach,
    home: reach,
    facts: async () => ({ pools: [], members: [], stats: [] }),
    now: () => 0,
    failed: (error) => void reached.push(error),
  }
  const handlers = createHandlers(service)

  it('goes nowhere: it is neither carried out nor repeated, and the person is told what to do', async () => {
    const answers = [
      await handlers.command({ text: TOKEN, asker }),
      await handlers.command({ text: `connect ${TOKEN}`, asker }),
      await handlers.command({ text: `pause because ${TOKEN}`, asker }),
      await handlers.action({ action: 'ask:deny:p1', asker, values: { reason: TOKEN } }),
      await handlers.action({ action: `run:/spinup status ${TOKEN}`, asker }),
      await handlers.form({ action: `ask:deny:${TOKEN}`, asker }),
    ]
    for (const answer of answers) {
      assert.match(JSON.stringify(answer), /That holds a DigitalOcean token.*revoke it/)
      assert.ok(!JSON.stringify(answer).includes(TOKEN.slice(10, 30)))
    }
    assert.deepEqual(reached, [])
  })
})
