import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { NEEDED_SCOPES, OAUTH_SCOPES } from '../../../src/providers/digitalocean/scopes.ts'
import { checkToken, type TokenReport } from '../../../src/providers/digitalocean/token-check.ts'
import { loadDocument } from '../../fakes/digitalocean/openapi-document.ts'
import { openAccount, QUICK } from './account.ts'
import { running } from '../../running.ts'

describe('checking a token', () => {
  const account = running(openAccount)
  afterEach(() => account.cloud.faults.clear())
  const check = (scopes: readonly string[], more: { oauthUrl?: string | undefined } = {}): Promise<TokenReport> => {
    const token = account.cloud.state.addToken({ scopes }).value
    const options = account.options({ token: async () => token, timing: { ...QUICK, attempts: 1 } })
    return checkToken({ ...options, oauthUrl: account.cloud.oauthUrl, ...more })
  }
  const without = (...scopes: readonly string[]): readonly string[] =>
    OAUTH_SCOPES.filter((scope) => !scopes.includes(scope))

  it('finds nothing missing in one with the scopes we ask for, and changes nothing', async () => {
    const { state } = account.cloud
    const before = JSON.stringify([[...state.droplets], [...state.tags], [...state.actions], [...state.images]])
    const report = await check(OAUTH_SCOPES)
    assert.equal(report.accepted, true)
    assert.deepEqual([report.missing, report.unknown, report.unproven], [[], [], []])
    assert.equal(report.account?.email, state.account.email)
    assert.equal(report.words, 'The token can do all that Spinup needs.')
    assert.equal(JSON.stringify([[...state.droplets], [...state.tags], [...state.actions], [...state.images]]), before)
  })

  it('names each scope that is missing, and what it is for', async () => {
    for (const { scope, why } of NEEDED_SCOPES) {
      const report = await check(without(scope))
      const missing = report.missing.map((one) => one.scope)
      assert.ok(missing.includes(scope), `${scope}: ${missing.join()}`)
      assert.ok(report.words.includes(`${scope} (to ${why})`), report.words)
      // Deleting a snapshot takes two at once, and DigitalOcean does not say which one it misses.
      const twins = ['image:delete', 'snapshot:delete']
      assert.deepEqual(missing, twins.includes(scope) ? twins : [scope])
    }
  })

  it('tells a read-only token from a full one', async () => {
    const report = await check(['read'])
    assert.ok(report.missing.length > 0)
    assert.ok([...report.missing].every(({ scope }) => !scope.endsWith(':read')))
    assert.deepEqual((await check(['read', 'write'])).missing, [])
  })

  it('says so when DigitalOcean does not know it', async () => {
    const report = await checkToken(account.options({ token: async () => 'dop_v1_nonsense' }))
    assert.equal(report.accepted, false)
    assert.match(report.words, /does not accept this token/)
  })

  it('says what only use can show when there is nobody to ask', async () => {
    const report = await check(OAUTH_SCOPES, { oauthUrl: undefined })
    assert.deepEqual(
      report.unproven.map((one) => one.scope),
      ['image:create'],
    )
    assert.deepEqual([report.missing, report.unknown], [[], []])
    assert.match(report.words, /image:create \(to take a snapshot\) shows when it is used/)
  })

  it('does not call missing what could not be asked', async () => {
    account.cloud.faults.add({ kind: 'serverError', match: { operation: 'loadBalancers_list' }, times: Infinity })
    const report = await check(OAUTH_SCOPES, { oauthUrl: `${account.cloud.oauthUrl}/nowhere` })
    assert.deepEqual(report.missing, [])
    assert.deepEqual(
      report.unknown.map((one) => one.scope),
      ['load_balancer:read'],
    )
    assert.match(report.words, /did not let us check load_balancer:read/)
  })

  it('asks for no scope the official document does not know', (test) => {
    const document = loadDocument(undefined, (line) => test.diagnostic(line))
    if (!document) return test.skip('the official document is absent')
    const known = JSON.stringify(document)
    for (const { scope } of NEEDED_SCOPES) assert.ok(known.includes(`"${scope}"`), scope)
  })
})
