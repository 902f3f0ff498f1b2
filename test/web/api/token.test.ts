import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { createHandlers } from '../../../src/commands/dispatch/handlers.ts'
import { createCommandService } from '../../../src/command-service.ts'
import type { Asker } from '../../../src/core/model/platforms.ts'
import { hideTokens, tokenIn } from '../../../src/core/model/tokens.ts'
import type { AnswerView, View } from '../../../src/core/model/view.ts'
import { createConsoleLog } from '../../../src/store/console-log.ts'
import { dump } from '../../store/dump.ts'
import { running } from '../../running.ts'
import { ask } from '../http.ts'
import { startApiStage } from './stage.ts'

const askerOf = (more: Partial<Asker> = {}): Asker => ({
  actor: { id: 'slack:U1', name: 'Ada', platform: 'slack' },
  place: { platform: 'slack', channel: 'T1/C1', tenant: null },
  roles: [],
  ...more,
})

describe('tokens', () => {
  const stage = running(startApiStage)
  beforeEach(() => stage.rig.reset())

  const say = (text: string, asker = askerOf()): Promise<readonly View[]> =>
    createHandlers(createCommandService(stage.rig.services, { asked: async () => undefined })).command({ text, asker })
  const one = async (text: string, asker = askerOf()): Promise<AnswerView> => {
    const [view] = await say(text, asker)
    assert.ok(view?.kind === 'answer', JSON.stringify(view))
    return view
  }
  const linkIn = ({ text }: AnswerView): string => {
    const link = /\/token\?link=([\w-]{43})$/.exec(text)?.[1]
    assert.ok(link !== undefined, text)
    return link
  }
  const open = async (link: string): Promise<string | null> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await ask(`${stage.url}/token`, { method: 'POST', headers, body: `link=${link}` })
    return />(spt_[\w-]{43})</.exec(answer.body)?.[1] ?? null
  }

  it('are ordered in chat, by a link for who asked alone, and made and seen where it is opened: once', async () => {
    const answer = await one('/spinup token new deploy can=read,refresh web for 90d')
    assert.equal(answer.private, true)
    assert.equal(tokenIn(answer.text), null, 'no token is in the chat')
    const link = linkIn(answer)
    const page = await ask(`${stage.url}/token?link=${link}`)
    assert.equal(page.status, 200)
    assert.doesNotMatch(page.body, /spt_/, 'to look at it makes nothing')
    assert.deepEqual(await stage.rig.services.tokens.of(null), [])
    const token = await open(link)
    assert.ok(token !== null)
    assert.equal((await stage.call('GET', '/api/pools', { token })).status, 200)
    assert.equal((await stage.call('POST', '/api/scale', { body: { count: 1 }, token })).status, 403)
    assert.equal(await open(link), null, 'a second time')
    assert.equal((await ask(`${stage.url}/token?link=${link}`)).status, 410)
    const kept = JSON.stringify(await dump(stage.rig.redis))
    assert.ok(!kept.includes(token) && !kept.includes(link))
  })

  it('are listed with what they may, by whom, and when they were used; and revoked', async () => {
    await open(linkIn(await one('token new deploy can=refresh')))
    const used = await open(linkIn(await one('/spinup token new ci can=read, scale for 30d')))
    await stage.call('GET', '/api/pools', { token: used })
    stage.rig.pass(120_000)
    const { fields } = await one('tokens')
    assert.deepEqual(
      fields.map(({ name, value }) => `${name}: ${value.replace(/ until .*/, ' until …')}`),
      [
        'ci: read, scale · all pools · by Ada, used 2 min ago, until …',
        'deploy: refresh · all pools · by Ada, never used',
      ],
    )
    assert.match((await one('token revoke ci')).title, /ci is revoked/)
    assert.equal((await stage.call('GET', '/api/pools', { token: used })).status, 401)
    const [gone] = await say('token revoke ci')
    assert.ok(gone?.kind === 'error' && /There are: deploy/.test(gone.message))
    const [twice] = await say('token new deploy can=read')
    assert.ok(twice?.kind === 'error' && /Revoke it first/.test(twice.message))
  })

  it('are one team’s: another sees none of them, and may have the same names', async () => {
    await open(linkIn(await one('token new deploy can=read')))
    const other = askerOf({ place: { platform: 'slack', channel: 'T2/C1', tenant: 'slack:T2' } })
    assert.match((await one('token', other)).title, /No program has a token/)
    const token = await open(linkIn(await one('token new deploy can=read', other)))
    assert.deepEqual((await stage.call('GET', '/api/pools', { token })).json['pools'], [])
    const [refused] = await say('token new more can=read web', other)
    assert.ok(refused?.kind === 'error' && /no pool called web/.test(refused.message))
    await say('token revoke deploy', other)
    assert.equal((await stage.rig.services.tokens.of(null)).length, 1)
  })

  it('are guarded like any change: by approvers, for each pool they reach, and from partners', async () => {
    const partner = askerOf({ readOnly: true })
    const [looked] = await say('token new x can=read', partner)
    assert.ok(looked?.kind === 'error' && looked.code === 'unauthorised')
    await open(linkIn(await one('token new deploy can=read')))
    await stage.rig.ask({ kind: 'policy', changes: { mode: 'approve', approvers: 'slack:S0614TZR7' } })
    const approver = askerOf({ roles: ['slack:S0614TZR7'] })
    for (const line of ['token new y can=scale', 'token revoke deploy']) {
      const [refused] = await say(line)
      assert.ok(refused?.kind === 'error' && refused.code === 'unauthorised', line)
    }
    assert.equal((await one('token new y can=scale', approver)).tone, 'good')
    // A channel that uses another pool is no way around.
    await stage.addPool('api')
    await say('use api')
    const [around] = await say('token new z can=scale web')
    assert.ok(around?.kind === 'error' && around.code === 'unauthorised')
    assert.equal((await one('token new z can=scale api')).tone, 'good')
  })

  it('are bounded for each team', async () => {
    for (let count = 0; count < 50; count++) await stage.token(['read'])
    await assert.rejects(stage.token(['read']), /at most 50/)
    const [refused] = await say('token new more can=read')
    assert.ok(refused?.kind === 'error' && refused.code === 'limited')
    await stage.token(['read'], { tenant: 'slack:T2' })
  })

  it('are in the history without themselves: who ordered, made, used and revoked which', async () => {
    const token = await open(linkIn(await one('token new deploy can=scale')))
    await stage.call('POST', '/api/scale', { body: { count: 2 }, token })
    await say('token revoke deploy')
    const kept = await stage.rig.services.auditLog.newest(10, () => true)
    assert.deepEqual(
      kept
        .map(({ what, actor }) => `${actor.name}: ${what}`)
        .toReversed()
        .slice(0, 3),
      ['Ada: token new deploy can=scale', 'token deploy: scale 2', 'Ada: token revoke deploy'],
    )
    assert.ok(!JSON.stringify(kept).includes(token!.slice(4)))
  })

  it('are known by their form, wherever one is pasted', async () => {
    const token = `spt_${'aB3-_'.repeat(9)}`.slice(0, 47)
    for (const text of [token, `use ${token}.`, `Bearer ${token}`, `"${token}"`, token.replace('_', '\\_')]) {
      assert.equal(tokenIn(text), 'a key of Spinup’s', text)
      assert.ok(!hideTokens(text).includes('aB3'))
    }
    for (const text of ['spt_', 'spt_x', 'the spt_name of it']) assert.equal(tokenIn(text), null)
    const [refused] = await say(`pause because ${token}`)
    assert.ok(refused?.kind === 'error' && !JSON.stringify(refused).includes('aB3'))
  })

  it('have links that nobody reads from what the console keeps', async () => {
    const log = createConsoleLog(stage.rig.redis, { linkKey: Buffer.alloc(32, 7) })
    const answer = await one('token new deploy can=read')
    const link = linkIn(answer)
    await log.upsertCard('console', { id: 'r1', revision: 1, at: Date.now(), view: answer })
    assert.ok(!JSON.stringify(await dump(stage.rig.redis)).includes(link))
    const { messages } = await log.after('console', 0)
    assert.ok(JSON.stringify(messages).includes(`/token?link=${link}`))
  })
})

describe('a token’s link at a console with a password', () => {
  const stage = running(() => startApiStage({ password: 'correct horse' }))

  it('is opened by whoever asked for it, and by nobody else who reads the channel', async () => {
    const people = await import('../../../src/store/console-people.ts')
    const store = people.createConsolePeople(stage.rig.redis)
    const [dana, eve] = [await store.join(await store.invite('Dana')), await store.join(await store.invite('Eve'))]
    const actor = { id: 'console:dana', name: 'Dana', platform: 'console' }
    const asker = { actor, place: { platform: 'console', channel: 'console', tenant: null }, roles: ['console'] }
    const order = { name: 'deploy', tenant: null, can: ['read'] as const, pools: [], by: actor, forMs: null }
    const link = await stage.rig.services.tokens.order(order, asker)
    const as = (password: string | null): Readonly<Record<string, string>> => ({
      'content-type': 'application/x-www-form-urlencoded',
      ...(password === null ? {} : { authorization: `Bearer ${password}` }),
    })
    for (const who of [null, eve!.password, 'correct horse', 'wrong']) {
      const answer = await ask(`${stage.url}/token`, { method: 'POST', headers: as(who), body: `link=${link}` })
      assert.deepEqual([answer.status, /spt_/.test(answer.body)], [403, false], String(who).slice(0, 5))
    }
    const followed = await ask(`${stage.url}/token?link=${link}`, { headers: { 'sec-fetch-site': 'cross-site' } })
    assert.deepEqual([followed.status, /http-equiv="refresh"/.test(followed.body)], [200, true], 'with its cookie then')
    const own = await ask(`${stage.url}/token`, { method: 'POST', headers: as(dana!.password), body: `link=${link}` })
    assert.match(own.body, /spt_/)
  })

  it('opens the API to whoever is signed in, by the console’s own rules', async () => {
    const path = '/api/pools'
    assert.equal((await stage.call('GET', path)).status, 401)
    const authorization = 'Bearer correct horse'
    assert.equal((await stage.call('GET', path, { headers: { authorization } })).status, 200)
    assert.equal((await stage.call('GET', path, { headers: { authorization, host: 'evil.example' } })).status, 403)
    const token = await stage.token(['read'])
    assert.equal(
      (await stage.call('GET', path, { token, headers: { host: 'evil.example', via: '1.1 x' } })).status,
      200,
    )
    assert.equal((await stage.call('GET', '/api/console/messages', { token })).status, 401, 'a token is no password')
  })
})
