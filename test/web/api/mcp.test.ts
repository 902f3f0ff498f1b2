import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { SCOPES } from '../../../src/core/model/api-token.ts'
import { VERBS } from '../../../src/web/api/verbs.ts'
import { running } from '../../running.ts'
import { startApiStage } from './stage.ts'

interface Called {
  readonly isError: boolean
  readonly answer: Readonly<Record<string, unknown>>
}

describe('MCP', () => {
  const stage = running(startApiStage)
  beforeEach(() => stage.rig.reset({ max: 4 }))

  const connected = async (token: string): Promise<Client> => {
    const client = new Client({ name: 'test', version: '1' })
    const requestInit = { headers: { authorization: `Bearer ${token}` } }
    // Its own types leave out that an absent session may be undefined.
    await client.connect(new StreamableHTTPClientTransport(new URL(`${stage.url}/mcp`), { requestInit }) as Transport)
    return client
  }
  const call = async (client: Client, name: string, args: Record<string, unknown> = {}): Promise<Called> => {
    const { isError, content } = await client.callTool({ name, arguments: args })
    const [{ text }] = content as [{ text: string }]
    return { isError: isError === true, answer: JSON.parse(text) as Called['answer'] }
  }

  const asking = async (mode: 'approve' | 'auto' = 'approve') => {
    const { pool } = await stage.rig.state()
    return { ...pool, policy: { ...pool.policy, mode } }
  }

  it('has every verb as a tool, with its schemas, for a token that may', async () => {
    const client = await connected(await stage.token(SCOPES))
    const { tools } = await client.listTools()
    assert.deepEqual(
      tools.map(({ name }) => name),
      VERBS.map(({ name }) => name),
    )
    for (const { inputSchema, outputSchema, description } of tools) {
      assert.equal(inputSchema.type, 'object')
      assert.equal(outputSchema?.type, 'object')
      assert.ok((description ?? '').length > 10)
    }
    await client.close()
  })

  it('reads and changes through the same commands, within the same limits', async () => {
    const client = await connected(await stage.token(['read', 'scale']))
    const { answer } = await call(client, 'list_pools')
    assert.equal((answer['pools'] as { name: string }[])[0]?.name, 'web')
    const scaled = await call(client, 'scale', { count: 3 })
    assert.deepEqual([scaled.isError, scaled.answer['changed']], [false, true])
    assert.equal((await stage.rig.state()).operations.length, 2)
    const past = await call(client, 'scale', { count: 9 })
    assert.deepEqual([past.isError, past.answer['code']], [true, 'limited'])
    const wrong = await call(client, 'scale', { count: 'many' })
    assert.deepEqual([wrong.isError, wrong.answer['code']], [true, 'badInput'])
    await client.close()
  })

  it('shows and does nothing that the token may not', async () => {
    const client = await connected(await stage.token(['read']))
    const names = (await client.listTools()).tools.map(({ name }) => name)
    assert.deepEqual(names, ['list_pools', 'get_pool', 'list_stats', 'get_series', 'get_request'])
    for (const [name, args] of [
      ['refresh', {}],
      ['scale', { count: 2 }],
      ['set_policy', { policy: { max: 3 } }],
      ['get_policy', {}],
    ] as const) {
      const { isError, answer } = await call(client, name, args)
      assert.deepEqual([isError, answer['code']], [true, 'unauthorised'], name)
    }
    assert.equal((await call(client, 'drop_everything')).answer['code'], 'notFound')
    assert.deepEqual((await stage.rig.state()).operations, [])
    await client.close()
  })

  it('is bound by the approvals: every tool that changes something waits, and says so', async () => {
    await stage.rig.reset({ mode: 'approve', max: 4 })
    const client = await connected(await stage.token(SCOPES))
    for (const [name, args] of [
      ['scale', { count: 3 }],
      ['refresh', { how: 'live' }],
      ['set_policy', { policy: { max: 9 } }],
    ] as const) {
      const { isError, answer } = await call(client, name, args)
      assert.deepEqual([isError, answer['changed']], [false, false], name)
      const { id } = answer['waits'] as { id: string }
      assert.equal((await call(client, 'get_request', { id })).answer['state'], 'open')
    }
    const state = await stage.rig.state()
    assert.deepEqual([state.operations.length, state.refresh, state.pool.policy.max], [0, null, 4])
    await client.close()
  })

  it('reads statistics, of the pools of the token, with lists and numbers as JSON has them', async () => {
    await stage.addPool('api')
    await stage.rig.report(0.5, 60)
    const client = await connected(await stage.token(['read'], { pools: ['web'] }))
    // What comes back is held against the tools' schemas once they are listed.
    await client.listTools()
    const { answer: all } = await call(client, 'list_stats')
    assert.deepEqual(
      (all['pools'] as { name: string; stats: string[] }[]).map(({ name, stats }) => [name, stats]),
      [['web', ['cpu']]],
    )
    assert.equal((await call(client, 'list_stats', { pool: 'web' })).answer['name'], 'web')
    const { answer } = await call(client, 'get_series', { stat: ['cpu'], from: '-1m', points: 10, by: 'member' })
    const lines = answer['series'] as { member: string | null; at: number[] }[]
    assert.deepEqual([lines[0]?.member, lines.length, lines[0]!.at.length <= 10], [null, 2, true])
    for (const [args, code, words] of [
      [{}, 'badInput', /Say which statistic/],
      [{ stat: 'cpu' }, 'badInput', /Say which statistic/],
      [{ stat: ['cpu'], points: '10' }, 'badInput', /points is a whole number/],
      [{ stat: ['cpu'], format: 'csv' }, 'badInput', /no parameter format; there are pool, stat/],
      [{ stat: ['cpu'], from: 'tomorrow' }, 'badInput', /from is a time such as/],
      [{ stat: ['cpus'] }, 'notFound', /Did you mean cpu/],
      [{ stat: ['cpu'], pool: 'api' }, 'notFound', /no pool called api: there are web\./],
    ] as const) {
      const refused = await call(client, 'get_series', args)
      assert.deepEqual([refused.isError, refused.answer['code']], [true, code], JSON.stringify(args))
      assert.match(String(refused.answer['message']), words)
    }
    await client.close()
  })

  it('writes visualisations: keeps, tries, shows and removes them, and not while the team is asked first', async () => {
    const source = `export default { title: 'Calm', needs: {}, draw: () => [] }//${'x'.repeat(60_000)}`
    const client = await connected(await stage.token(['visuals']))
    const names = (await client.listTools()).tools.map(({ name }) => name)
    assert.deepEqual(
      names,
      VERBS.filter(({ scope }) => scope === 'visuals' || scope === null).map(({ name }) => name),
    )
    const done = async (name: string, args: Record<string, unknown> = {}): Promise<Called['answer']> => {
      const { isError, answer } = await call(client, name, args)
      assert.equal(isError, false, JSON.stringify(answer))
      return answer
    }
    assert.equal((await done('save_visual', { name: 'calm', source }))['version'], 1)
    assert.equal((await done('save_visual', { name: 'calm', source: source.slice(0, 59) }))['version'], 2)
    assert.equal((await done('get_visual', { name: 'calm', version: 1 }))['source'], source)
    assert.equal((await done('undo_visual', { name: 'calm' }))['version'], 3)
    const { content } = await client.callTool({ name: 'attempt_visual', arguments: { source } })
    const [said, picture] = content as [{ text: string }, { type: string; mimeType: string; data: string }]
    assert.deepEqual([picture.type, picture.mimeType], ['image', 'image/png'])
    assert.equal(Buffer.from(picture.data, 'base64').toString('latin1', 1, 4), 'PNG')
    assert.equal((JSON.parse(said.text) as { drawn: { png: string } }).drawn.png, '')
    assert.ok('problem' in (await done('attempt_visual', { source: 'nonsense(' })))
    assert.equal((await done('show_visual', { name: 'calm' }))['text'], 'Shown in the console')
    assert.ok(((await done('list_visuals'))['visuals'] as object[]).length > 1)
    assert.ok(((await done('list_visual_examples'))['examples'] as object[]).length > 1)
    await stage.rig.change({ pool: await asking() })
    for (const [name, args] of [
      ['save_visual', { name: 'calm', source: 'export default {}' }],
      ['undo_visual', { name: 'calm' }],
      ['remove_visual', { name: 'calm' }],
    ] as const) {
      const { isError, answer } = await call(client, name, args)
      assert.deepEqual([isError, answer['code']], [true, 'unauthorised'], name)
    }
    await stage.rig.change({ pool: await asking('auto') })
    assert.deepEqual(await done('remove_visual', { name: 'calm' }), { removed: 'calm' })
    assert.equal((await call(client, 'get_series', { stat: ['cpu'] })).answer['code'], 'unauthorised')
    await client.close()
  })

  it('says nothing of the inside of what was not foreseen, as the API does', async () => {
    const token = await stage.token(['read'])
    const client = await connected(token)
    const { store } = stage.rig.services
    const of = (): never => {
      throw new TypeError('the inside')
    }
    stage.rig.services = { ...stage.rig.services, store: { ...store, of } }
    const { isError, answer } = await call(client, 'list_pools')
    assert.deepEqual([isError, answer['code']], [true, 'unavailable'])
    const direct = await stage.call('GET', '/api/pools', { token })
    assert.deepEqual([direct.status, direct.json['message']], [500, answer['message']])
    assert.doesNotMatch(direct.body, /inside/)
    await client.close()
  })

  it('lets nobody in without a token that works', async () => {
    await assert.rejects(connected(`spt_${'z'.repeat(43)}`))
    const tokens = stage.rig.services.tokens
    const token = await stage.token(['read'])
    const client = await connected(token)
    for (const { name } of await tokens.of(null)) await tokens.revoke(null, name)
    await assert.rejects(client.listTools())
    const get = await stage.call('GET', '/mcp', { token: await stage.token(['read']) })
    assert.equal(get.status, 405)
  })

  it('takes no list of messages, whose calls would count as one', async () => {
    const token = await stage.token(['read'])
    const one = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_pools', arguments: {} } }
    for (const body of [[one, one], [one], []]) {
      const { status, json } = await stage.call('POST', '/mcp', { token, body })
      assert.deepEqual([status, json['message']], [400, 'Send one message at a time, not a list of them.'])
    }
  })
})
