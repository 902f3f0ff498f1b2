import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { createApiClient } from 'dots-wrapper'
import { messageOf, SpinupError } from '../../../src/core/model/error.ts'
import { createDigitalOceanAccount } from '../../../src/providers/digitalocean/cloud-account.ts'
import { createOAuth } from '../../../src/providers/digitalocean/oauth.ts'
import { checkToken } from '../../../src/providers/digitalocean/token-check.ts'
import type { FaultSpec } from '../../../src/demo/cloud/api/faults.ts'
import { openAccount } from './account.ts'
import { anyNumber } from '../../permit.ts'
import { running } from '../../running.ts'

/** Whatever anyone might print of an error: to a log, a card, a crash dump. */
function everythingOf(error: unknown): string {
  const parts = [
    inspect(error, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(error),
    String(error),
    messageOf(error),
  ]
  if (error instanceof Error) {
    parts.push(error.stack ?? '', JSON.stringify(error, Object.getOwnPropertyNames(error)))
    if (error.cause !== undefined) parts.push(everythingOf(error.cause))
  }
  return parts.join('\n')
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new assert.AssertionError({ message: 'it was expected to fail' })
}

const FAULTS: readonly FaultSpec[] = [
  { kind: 'rateLimited', retryAfterSeconds: 60 },
  { kind: 'serverError' },
  { kind: 'unavailable' },
  { kind: 'hang' },
  { kind: 'reset' },
  { kind: 'loseAnswer', by: 'silence' },
  { kind: 'loseAnswer', by: 'reset' },
  { kind: 'revokeToken' },
]

describe('a token', () => {
  const account = running(openAccount)
  afterEach(() => account.cloud.faults.clear())

  const mayNotHold = (text: string, token: string, what: string): void => {
    assert.ok(!text.includes(token), `${what} holds the token`)
    assert.ok(!text.includes(token.slice(7, 40)), `${what} holds a part of the token`)
    assert.doesNotMatch(text, /Bearer [^…]/i, `${what} holds a header`)
  }

  it('is in what dots-wrapper throws, so that these tests can find it', async () => {
    const client = createApiClient({ endpoint: account.cloud.url, token: account.cloud.token })
    const thrown = await thrownBy(client.droplet.getDroplet({ droplet_id: 4040404 }))
    assert.ok(everythingOf(thrown).includes(account.cloud.token))
  })

  for (const fault of FAULTS) {
    const name = `${fault.kind}${'by' in fault ? ` by ${fault.by}` : ''}`
    it(`is in no error and no log line when the answer is ${name}`, async () => {
      const token = account.cloud.state.addToken().value
      const options = account.options({
        token: async () => token,
        timing: { deadlineMs: 60, attempts: 2, retryMs: 1, longestWaitMs: 50 },
        lookMs: [1],
      })
      const provider = account.provider(options)
      const more = createDigitalOceanAccount(options)
      const calls: readonly (() => Promise<unknown>)[] = [
        () => provider.list(),
        () => provider.get(account.originId),
        () => provider.power(account.originId, 'off'),
        () => provider.snapshot(account.originId, 'x'),
        () => provider.destroy(account.originId),
        () =>
          provider.create(
            { name: 'a', snapshotId: '4040404', operationTag: 'a', tags: [], userData: token },
            anyNumber,
          ),
        () => more.searchDroplets(''),
        () => more.sizes(),
      ]
      for (const call of calls) {
        account.cloud.faults.clear()
        account.cloud.faults.add({ ...fault, times: Infinity })
        // A held-up limiter of one call must not stand in for the fault of the next.
        const error = await thrownBy(call())
        assert.ok(error instanceof SpinupError)
        assert.equal(error.cause, undefined)
        mayNotHold(everythingOf(error), token, error.message)
      }
      mayNotHold(account.logged(), token, 'the log')
    })
  }

  it('is in no error and no log line when it lacks a scope or what it asks for is refused', async () => {
    const token = account.cloud.state.addToken({ scopes: ['read'] }).value
    const provider = account.provider({ token: async () => token })
    const refused = await thrownBy(provider.power(account.originId, 'off'))
    assert.match(messageOf(refused), /lacks the scope droplet:update/)
    mayNotHold(everythingOf(refused), token, 'the refusal')
    const report = await checkToken(account.options({ token: async () => token }))
    mayNotHold(JSON.stringify(report), token, 'the report')
    mayNotHold(account.logged(), token, 'the log')
    assert.match(account.logged(), /DigitalOcean refused/, 'there is a log')
  })

  it('is cut out of what a server says that echoes it, or answers nonsense', async () => {
    const token = 'a-secret-of-no-form-known-here-0123456789'
    let status = 422
    const server = createServer((request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      const echo = `no: ${request.headers.authorization?.replace('Bearer ', '')}, ${request.headers.authorization} and dop_v1_${'0f'.repeat(32)}`
      response.end(JSON.stringify(status === 200 ? { droplets: [{ id: echo }] } : { id: 'x', message: echo }))
    }).listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => server.once('listening', resolve))
      const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`
      for (status of [422, 403, 200]) {
        const error = await thrownBy(account.provider({ apiUrl, token: async () => token }).list())
        const text = everythingOf(error)
        mayNotHold(text, token, String(status))
        assert.doesNotMatch(text, /dop_v1_/)
      }
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it('is in no error of the OAuth flow, nor are a code or the client’s secret', async () => {
    const secrets = ['client-secret-0123456789', 'code-0123456789abcdef', 'dor_v1_0123456789abcdef']
    const oauth = createOAuth({
      clientId: 'nobody',
      clientSecret: secrets[0] ?? '',
      oauthUrl: account.cloud.oauthUrl,
      redirectUri: 'https://spinup.test/callback',
      deadlineMs: 100,
    })
    const attempts = [
      () => oauth.exchange({ code: secrets[1] ?? '', verifier: secrets[2] ?? '' }),
      () => oauth.refresh(secrets[2] ?? ''),
    ]
    for (const kind of ['serverError', 'hang', null] as const) {
      for (const attempt of attempts) {
        account.cloud.faults.clear()
        if (kind !== null) account.cloud.faults.add({ kind })
        const text = everythingOf(await thrownBy(attempt()))
        for (const secret of secrets) assert.ok(!text.includes(secret), `${kind}: ${secret}`)
      }
    }
  })
})
