import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { startChecked, type CheckedDigitalOcean, type Loose } from './digitalocean/checked.ts'

const redirectUri = 'http://127.0.0.1:1/oauth/callback'
const site = { clientId: 'site', clientSecret: 'hush', redirectUris: [redirectUri] }
const tool = { clientId: 'tool', clientSecret: null, redirectUris: [redirectUri] }

describe('the stand-in for DigitalOcean: who may do what', () => {
  let cloud: CheckedDigitalOcean
  let clock = Date.UTC(2026, 0, 1)
  before(async () => {
    cloud = await startChecked({ applications: [site, tool], now: () => clock })
  })
  after(() => cloud.done())

  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }

  async function authorize(fields: Record<string, string>, decision: string | null = 'approve'): Promise<Response> {
    const all = { response_type: 'code', redirect_uri: redirectUri, state: 's t&1', scope: 'droplet:read', ...fields }
    const query = new URLSearchParams(decision === null ? all : { ...all, decision })
    const url = `${cloud.oauthUrl}/authorize`
    return decision === null
      ? fetch(`${url}?${query}`, { redirect: 'manual' })
      : fetch(url, { method: 'POST', body: query, redirect: 'manual' })
  }
  async function code(fields: Record<string, string>): Promise<string> {
    const back = new URL((await authorize(fields)).headers.get('location') ?? '')
    assert.equal(back.searchParams.get('state'), 's t&1')
    return back.searchParams.get('code') ?? ''
  }
  async function oauth(
    path: string,
    fields: Record<string, string>,
    token?: string,
  ): Promise<{ status: number; body: Loose }> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const post = { method: 'POST', headers, body: new URLSearchParams(fields) }
    const response = await fetch(`${cloud.oauthUrl}/${path}`, post)
    return { status: response.status, body: (await response.json()) as Loose }
  }
  const exchange = (fields: Record<string, string>): ReturnType<typeof oauth> =>
    oauth('token', { grant_type: 'authorization_code', redirect_uri: redirectUri, ...fields })

  it('asks the person on a page that shows the scopes and escapes what it was given', async () => {
    const page = await authorize({ client_id: 'site', state: '"><script>' }, null)
    const html = await page.text()
    assert.equal(page.status, 200)
    assert.match(html, /droplet:read/)
    assert.ok(!html.includes('"><script>'))
    const denied = new URL((await authorize({ client_id: 'site' }, 'deny')).headers.get('location') ?? '')
    assert.equal(denied.searchParams.get('error'), 'access_denied')
  })

  it('sends nobody to an unregistered place, and knows neither strange clients nor strange scopes', async () => {
    const stranger = await authorize({ client_id: 'site', redirect_uri: 'http://evil.example/' })
    assert.deepEqual([stranger.status, stranger.headers.get('location')], [400, null])
    assert.equal((await authorize({ client_id: 'nobody' })).status, 401)
    assert.equal((await authorize({ client_id: 'site', scope: 'DROP TABLE' })).status, 400)
  })

  it('gives a token for a code once, for its scopes only, and tells them', async () => {
    const given = await code({ client_id: 'site', ...pkce })
    const fields = { client_id: 'site', client_secret: 'hush', code: given, code_verifier: verifier }
    const { status, body } = await exchange(fields)
    assert.equal(status, 200)
    assert.deepEqual([body['token_type'], body['expires_in'], body['scope']], ['bearer', 2_592_000, 'droplet:read'])
    const token = String(body['access_token'])
    assert.match(token, /^doo_v1_[0-9a-f]{64}$/)
    assert.match(String(body['refresh_token']), /^dor_v1_/)
    assert.equal((await exchange(fields)).body['error'], 'invalid_grant')
    assert.equal((await cloud.call('GET', '/droplets', undefined, token)).status, 200)
    const refused = await cloud.call('GET', '/account', undefined, token)
    assert.deepEqual([refused.status, refused.body['id']], [403, 'forbidden'])
    const info = await fetch(`${cloud.oauthUrl}/token/info`, { headers: { authorization: `Bearer ${token}` } })
    assert.deepEqual(((await info.json()) as Loose)['scopes'], ['droplet:read'])
  })

  it('wants the verifier of the challenge, S256, and PKCE from a client without a secret', async () => {
    const secret = { client_id: 'site', client_secret: 'hush' }
    const wrong = await exchange({
      ...secret,
      code: await code({ client_id: 'site', ...pkce }),
      code_verifier: 'guess',
    })
    assert.deepEqual([wrong.status, wrong.body['error']], [400, 'invalid_grant'])
    const none = await exchange({ ...secret, code: await code({ client_id: 'site', ...pkce }) })
    assert.equal(none.body['error'], 'invalid_grant')
    const plain = await authorize({ client_id: 'site', code_challenge: 'x', code_challenge_method: 'plain' })
    assert.match(plain.headers.get('location') ?? '', /error=invalid_request/)
    assert.match((await authorize({ client_id: 'tool' })).headers.get('location') ?? '', /error=invalid_request/)
    const open = { client_id: 'tool', code: await code({ client_id: 'tool', ...pkce }), code_verifier: verifier }
    assert.equal((await exchange(open)).status, 200)
    const badSecret = await exchange({
      client_id: 'site',
      client_secret: 'no',
      code: await code({ client_id: 'site' }),
    })
    assert.deepEqual([badSecret.status, badSecret.body['error']], [401, 'invalid_client'])
  })

  it('lets a code lapse after ten minutes', async () => {
    const given = await code({ client_id: 'site' })
    clock += 11 * 60_000
    const late = await exchange({ client_id: 'site', client_secret: 'hush', code: given })
    assert.equal(late.body['error'], 'invalid_grant')
  })

  it('renews a token once, ends it after its time, and revokes it for good', async () => {
    const secret = { client_id: 'site', client_secret: 'hush' }
    const first = (await exchange({ ...secret, code: await code({ client_id: 'site' }) })).body
    const refresh = { ...secret, grant_type: 'refresh_token', refresh_token: String(first['refresh_token']) }
    const second = (await oauth('token', refresh)).body
    const token = String(second['access_token'])
    assert.equal((await cloud.call('GET', '/droplets', undefined, String(first['access_token']))).status, 401)
    assert.equal((await cloud.call('GET', '/droplets', undefined, token)).status, 200)
    assert.equal((await oauth('refresh', refresh)).body['error'], 'invalid_grant')
    assert.equal((await oauth('revoke', { token })).status, 401)
    clock += 31 * 24 * 3_600_000
    const lapsed = await cloud.call('GET', '/droplets', undefined, token)
    assert.deepEqual([lapsed.status, lapsed.body['id']], [401, 'unauthorized'])
    const third = (await oauth('token', { ...refresh, refresh_token: String(second['refresh_token']) })).body
    const alive = String(third['access_token'])
    assert.equal((await oauth('revoke', { token: alive }, alive)).status, 200)
    assert.equal((await cloud.call('GET', '/droplets', undefined, alive)).status, 401)
    const renewed = await oauth('token', { ...refresh, refresh_token: String(third['refresh_token']) })
    assert.equal(renewed.body['error'], 'invalid_grant')
  })

  it('knows full, read-only and scoped personal tokens, and dead ones', async () => {
    const status = async (token: string, method: string, path: string, body?: unknown): Promise<number> =>
      (await cloud.call(method, path, body, token)).status
    const reader = cloud.state.addToken({ scopes: ['read'] }).value
    assert.match(reader, /^dop_v1_/)
    assert.equal(await status(reader, 'GET', '/droplets'), 200)
    assert.equal(await status(reader, 'POST', '/tags', { name: 'x' }), 403)
    const scoped = cloud.state.addToken({ scopes: ['droplet:create', 'droplet:update'] }).value
    const wanted = { name: 'a', region: 'nyc3', size: 's-1vcpu-1gb', image: 'debian-12-x64' }
    assert.equal(await status(scoped, 'POST', '/droplets', { ...wanted, tags: ['x'] }), 403)
    assert.equal(await status(scoped, 'POST', '/droplets', wanted), 202)
    const { id } = cloud.state.addDroplet({ name: 'to-snap' })
    assert.equal(await status(scoped, 'POST', `/droplets/${id}/actions`, { type: 'snapshot' }), 403)
    cloud.state.expireToken(scoped)
    assert.equal(await status(scoped, 'GET', '/droplets'), 401)
    cloud.state.revokeToken(reader)
    assert.equal(await status(reader, 'GET', '/droplets'), 401)
    assert.equal(await status('nonsense', 'GET', '/droplets'), 401)
  })

  it('limits a token to 250 requests a minute and says how long to wait', async () => {
    const { value } = cloud.state.addToken()
    for (let index = 0; index < 249; index++) await cloud.call('GET', '/actions/1', undefined, value)
    const ok = await cloud.call('GET', '/account', undefined, value)
    assert.deepEqual([ok.status, ok.headers.get('ratelimit-remaining')], [200, '4750'])
    clock += 20_000
    const over = await cloud.call('GET', '/account', undefined, value)
    assert.deepEqual([over.status, over.headers.get('retry-after')], [429, '40'])
    assert.equal((await cloud.call('GET', '/account')).status, 200)
    clock += 40_001
    assert.equal((await cloud.call('GET', '/account', undefined, value)).status, 200)
  })

  it('limits the hour without telling when to come back but by ratelimit-reset, and the listing of keys apart', async () => {
    const tight = await startChecked({ limits: { perHour: 3, keyListsPerMinute: 1 }, now: () => clock })
    assert.equal((await tight.call('GET', '/account/keys')).status, 200)
    assert.equal((await tight.call('GET', '/account/keys')).status, 429)
    assert.equal((await tight.call('GET', '/account')).status, 200)
    assert.equal((await tight.call('GET', '/account')).status, 200)
    const over = await tight.call('GET', '/account')
    assert.deepEqual([over.status, over.headers.get('retry-after')], [429, null])
    assert.equal(Number(over.headers.get('ratelimit-reset')), Math.ceil((clock + 3_600_000) / 1000))
    clock += 3_600_001
    assert.equal((await tight.call('GET', '/account')).status, 200)
    await tight.done()
  })

  it('writes down every request, and no token', async () => {
    await cloud.call('POST', '/tags', { name: 'logged' })
    const written = cloud.log.at(-1)
    assert.deepEqual(
      [written?.method, written?.path, written?.status, written?.requestBody, written?.operation, written?.token],
      ['POST', '/v2/tags', 201, { name: 'logged' }, 'tags_create', 'full'],
    )
    assert.ok(!JSON.stringify(written).includes(cloud.token))
    const broken = await cloud.call('POST', '/droplets', '{"name":')
    assert.deepEqual([broken.status, broken.body['id']], [400, 'bad_request'])
    assert.equal((await cloud.call('GET', '/nothing/here')).status, 404)
  })
})
