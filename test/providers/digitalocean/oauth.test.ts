import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import { newPkce, newState, renewAt } from '../../../src/accounts/credential.ts'
import type { Login } from '../../../src/providers/cloud.ts'
import { createOAuth } from '../../../src/providers/digitalocean/oauth.ts'
import { OAUTH_SCOPES } from '../../../src/providers/digitalocean/scopes.ts'
import { openAccount, type TestAccount } from './account.ts'

const redirectUri = 'https://spinup.test/connect/callback'

describe('linking an account by OAuth', () => {
  let account: TestAccount
  before(async () => {
    account = await openAccount({
      consent: 'approve',
      applications: [
        { clientId: 'secretive', clientSecret: 'a-secret-of-the-application', redirectUris: [redirectUri] },
        { clientId: 'public', clientSecret: null, redirectUris: [redirectUri] },
      ],
    })
  })
  after(() => account.stop())
  const oauthOf = (clientId: string, clientSecret: string | null): Login =>
    createOAuth({ clientId, clientSecret, oauthUrl: account.cloud.oauthUrl, redirectUri })
  const secretive = (): Login => oauthOf('secretive', 'a-secret-of-the-application')

  /** What the browser does: follows the link, consents, comes back. */
  async function consent(url: string): Promise<URLSearchParams> {
    const response = await fetch(url, { redirect: 'manual' })
    assert.equal(response.status, 302, await response.text())
    return new URL(response.headers.get('location') ?? '').searchParams
  }
  const unauthorised = (error: unknown): boolean => {
    assert.ok(error instanceof SpinupError)
    assert.equal(error.code, 'unauthorised')
    assert.match(error.message, /\/spinup connect/)
    return true
  }

  it('sends the person with a state and a challenge, for the least scopes', () => {
    const [state, pkce] = [newState(), newPkce()]
    const query = new URL(secretive().authorizeUrl({ state, challenge: pkce.challenge })).searchParams
    assert.equal(query.get('response_type'), 'code')
    assert.equal(query.get('state'), state)
    assert.equal(query.get('code_challenge'), pkce.challenge)
    assert.equal(query.get('code_challenge_method'), 'S256')
    assert.equal(query.get('redirect_uri'), redirectUri)
    assert.deepEqual(query.get('scope')?.split(' '), OAUTH_SCOPES)
    assert.ok(!query.has('client_secret') && !query.toString().includes(pkce.verifier))
    assert.ok(pkce.verifier.length >= 43 && state.length >= 32)
    assert.notEqual(newPkce().verifier, pkce.verifier)
  })

  for (const kind of ['secretive', 'public'] as const) {
    it(`gets tokens that work for a code, renews and revokes them (${kind} client)`, async () => {
      const oauth = kind === 'public' ? oauthOf('public', null) : secretive()
      const [state, pkce] = [newState(), newPkce()]
      const back = await consent(oauth.authorizeUrl({ state, challenge: pkce.challenge }))
      assert.equal(back.get('state'), state)
      const code = back.get('code') ?? ''
      const grant = await oauth.exchange({ code, verifier: pkce.verifier })
      assert.equal(grant.account, account.cloud.state.account.email)
      assert.deepEqual(grant.scopes.toSorted(), OAUTH_SCOPES.toSorted())
      assert.ok(grant.expiresAt > Date.now() + 29 * 24 * 3_600_000)
      assert.equal((await account.provider({ token: async () => grant.accessToken }).list()).length, 1)
      await assert.rejects(oauth.exchange({ code, verifier: pkce.verifier }), unauthorised, 'a code works once')

      const renewed = await oauth.refresh(grant.refreshToken ?? '')
      assert.notEqual(renewed.accessToken, grant.accessToken)
      assert.equal((await account.provider({ token: async () => renewed.accessToken }).list()).length, 1)
      await assert.rejects(oauth.refresh(grant.refreshToken ?? ''), unauthorised, 'a refresh token is spent by use')

      await oauth.revoke(renewed.accessToken)
      await oauth.revoke(renewed.accessToken)
      await assert.rejects(account.provider({ token: async () => renewed.accessToken }).list(), /no longer accepts/)
    })
  }

  it('gets nothing for a stolen code: it takes the verifier', async () => {
    const oauth = secretive()
    const back = await consent(oauth.authorizeUrl({ state: newState(), challenge: newPkce().challenge }))
    const stolen = { code: back.get('code') ?? '', verifier: newPkce().verifier }
    await assert.rejects(oauth.exchange(stolen), unauthorised)
  })

  it('says which setting is wrong when the application is unknown', async () => {
    await assert.rejects(oauthOf('secretive', 'wrong-secret-0123456').refresh('dor_v1_none'), (error) => {
      return (
        error instanceof SpinupError && error.code === 'configuration' && /DIGITALOCEAN_CLIENT_ID/.test(error.message)
      )
    })
  })

  it('is renewed a day before it lapses, or after two thirds of a short life', () => {
    const grant = { accessToken: '', refreshToken: null, scopes: [], account: null }
    const day = 24 * 3_600_000
    assert.equal(renewAt({ ...grant, expiresAt: 30 * day }, 0), 29 * day)
    assert.equal(renewAt({ ...grant, expiresAt: 900 }, 0), 600)
  })
})
