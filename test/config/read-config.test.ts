import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { readConfig } from '../../src/config/read-config.ts'
import { SpinupError } from '../../src/core/model/error.ts'

function refusal(env: Record<string, string>): string {
  try {
    readConfig(env)
  } catch (error) {
    assert.ok(error instanceof SpinupError && error.code === 'configuration', String(error))
    return error.message
  }
  assert.fail(`${JSON.stringify(env)} was taken`)
}

describe('the configuration', () => {
  it('works with nothing set', () => {
    assert.deepEqual(readConfig({ PATH: '/usr/bin' }), {
      redisUrl: null,
      host: '127.0.0.1',
      port: 8080,
      publicUrl: null,
      trustedProxies: null,
      chats: {},
      quickchartUrl: null,
      warnings: [],
      dataDir: resolve('.spinup'),
      secret: null,
      backupPassphrase: null,
      consolePassword: null,
      apiToken: null,
      logLevel: 'info',
      takeoverMs: 10_000,
      reconcileMs: 60_000,
      clouds: {
        digitalocean: {
          apiUrl: 'https://api.digitalocean.com/v2',
          oauthUrl: 'https://cloud.digitalocean.com/v1/oauth',
          token: null,
          clientId: null,
          clientSecret: null,
          pollMs: 5000,
          patience: 1,
        },
      },
      balancers: {
        builtin: { host: '127.0.0.1', port: 8081, proxies: null },
      },
    })
  })

  it('takes an empty value as none, as .env files have them', () => {
    const empty = readConfig({ REDIS_URL: '', SPINUP_PORT: '', SPINUP_SECRET: '', DIGITALOCEAN_TOKEN: '' })
    assert.deepEqual(empty, readConfig({}))
  })

  it('reads what is set', () => {
    const config = readConfig({
      REDIS_URL: 'rediss://:secret@redis.example:6380/2',
      SPINUP_HOST: '0.0.0.0',
      SPINUP_PORT: '0',
      SPINUP_PUBLIC_URL: 'https://spinup.example.com//',
      SPINUP_DATA_DIR: '/var/lib/spinup',
      SPINUP_SECRET: 'x'.repeat(32),
      SPINUP_CONSOLE_PASSWORD: 'correct horse',
      SPINUP_LOG_LEVEL: 'debug',
      SPINUP_TAKEOVER: '1500ms',
      SPINUP_BALANCER_PORT: '80',
    })
    assert.equal(config.redisUrl, 'rediss://:secret@redis.example:6380/2')
    assert.equal(config.port, 0)
    assert.equal(config.publicUrl, 'https://spinup.example.com')
    assert.equal(config.dataDir, '/var/lib/spinup')
    assert.equal(config.takeoverMs, 1500)
    assert.deepEqual(config.balancers['builtin'], { host: '127.0.0.1', port: 80, proxies: null })
  })

  it('names every wrong variable at once, with its value and what it takes', () => {
    const message = refusal({ SPINUP_PORT: '99999', SPINUP_LOG_LEVEL: 'loud', DIGITALOCEAN_PATIENCE: 'two' })
    assert.match(message, /SPINUP_PORT=99999: it takes a port number from 0 to 65535/)
    assert.match(message, /SPINUP_LOG_LEVEL=loud: it takes debug, info, warn or error/)
    assert.match(message, /DIGITALOCEAN_PATIENCE=two: it takes a number from 0.01 to 10/)
  })

  it('refuses each kind of nonsense', () => {
    const wrong: readonly (readonly [string, string])[] = [
      ['REDIS_URL', 'http://127.0.0.1:6379'],
      ['REDIS_URL', '127.0.0.1:6379'],
      ['SPINUP_PORT', '-1'],
      ['SPINUP_PORT', '80a'],
      ['SPINUP_PUBLIC_URL', 'spinup.example.com'],
      ['SPINUP_PUBLIC_URL', 'localhost:8080'],
      ['SPINUP_PUBLIC_URL', 'ftp://spinup.example.com'],
      ['SPINUP_PUBLIC_URL', 'https://user:pass@spinup.example.com'],
      ['SPINUP_PUBLIC_URL', 'https://127.0.0.1@spinup.example.com'],
      ['SPINUP_PUBLIC_URL', 'https://spinup.example.com?x=1'],
      ['SPINUP_PUBLIC_URL', 'https://spinup.example.com/#a'],
      ['SPINUP_PUBLIC_URL', 'https://spinup.example.com:0'],
      ['SPINUP_PUBLIC_URL', 'https://spinup..example.com'],
      ['SPINUP_PUBLIC_URL', 'https://*.example.com'],
      ['SPINUP_PUBLIC_URL', "https://spinup.example.com/'$(id)'"],
      ['SPINUP_PUBLIC_URL', "https://a'b.example.com"],
      ['SPINUP_TRUST_PROXY', 'yes'],
      ['SPINUP_TRUST_PROXY', '0'],
      ['SPINUP_TRUST_PROXY', '10.0.0.0/33'],
      ['SPINUP_TRUST_PROXY', '0.0.0.0/0'],
      ['SPINUP_TRUST_PROXY', '127.0.0.1, nginx'],
      ['SPINUP_SECRET', 'short'],
      ['SPINUP_CONSOLE_PASSWORD', '1234567'],
      ['SPINUP_TAKEOVER', 'soon'],
      ['SPINUP_RECONCILE', 'often'],
      ['DIGITALOCEAN_PATIENCE', '0'],
    ]
    for (const [name, value] of wrong) assert.match(refusal({ [name]: value }), new RegExp(`${name}=.*: it takes `))
  })

  it('reads an account and balancers', () => {
    const config = readConfig({
      DIGITALOCEAN_TOKEN: 'dop_v1_abc',
      DIGITALOCEAN_CLIENT_ID: 'spinup',
      DIGITALOCEAN_POLL: '50ms',
      DIGITALOCEAN_PATIENCE: '0.1',
      HAPROXY_ADDRESS: 'unix:/run/haproxy/admin.sock',
      HAPROXY_BACKEND: 'app',
      CADDY_ADMIN: 'http://127.0.0.1:2019',
      WEBHOOK_BALANCER_URL: 'https://balancer.internal/spinup',
      WEBHOOK_BALANCER_SECRET: 'y'.repeat(32),
      WEBHOOK_BALANCER_FORMAT: 'form',
    })
    assert.deepEqual(config.clouds['digitalocean'], {
      apiUrl: 'https://api.digitalocean.com/v2',
      oauthUrl: 'https://cloud.digitalocean.com/v1/oauth',
      token: 'dop_v1_abc',
      clientId: 'spinup',
      clientSecret: null,
      pollMs: 50,
      patience: 0.1,
    })
    assert.deepEqual(config.balancers['haproxy'], { address: 'unix:/run/haproxy/admin.sock', backend: 'app' })
    assert.deepEqual(config.balancers['caddy'], { admin: 'http://127.0.0.1:2019', handler: null })
    assert.deepEqual(config.balancers['webhook'], {
      url: 'https://balancer.internal/spinup',
      secret: 'y'.repeat(32),
      format: 'form',
      settleMs: 30_000,
    })
  })

  it('says which variable another one needs', () => {
    assert.match(refusal({ HAPROXY_BACKEND: 'app' }), /HAPROXY_BACKEND is set, and needs HAPROXY_ADDRESS as well/)
    assert.match(refusal({ WEBHOOK_BALANCER_URL: 'https://a.example' }), /needs WEBHOOK_BALANCER_SECRET/)
    assert.match(refusal({ DIGITALOCEAN_CLIENT_SECRET: 'abc' }), /needs DIGITALOCEAN_CLIENT_ID/)
  })

  it('reads each chat platform by its own entry', () => {
    const { chats } = readConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', DISCORD_TOKEN: 'a.b.c' })
    const settings = {
      botToken: 'xoxb-1',
      appToken: 'xapp-1',
      signingSecret: null,
      clientId: null,
      clientSecret: null,
      partners: 'none',
    }
    assert.deepEqual(chats, { slack: { apiUrl: null, ...settings }, discord: { token: 'a.b.c', apiUrl: null } })
    assert.deepEqual(readConfig({ SLACK_API_URL: 'http://127.0.0.1', DISCORD_API_URL: 'http://127.0.0.1' }).chats, {})
  })

  it('says what a chat platform lacks, beside everything else that is wrong', () => {
    assert.match(refusal({ SLACK_BOT_TOKEN: 'xoxb-1' }), /Slack needs SLACK_APP_TOKEN as well/)
    assert.match(refusal({ SLACK_SIGNING_SECRET: 'abc' }), /Slack needs SLACK_BOT_TOKEN as well/)
    assert.match(refusal({ SLACK_CLIENT_ID: '1.2' }), /SLACK_CLIENT_ID is set, and needs SLACK_CLIENT_SECRET as well/)
    assert.match(refusal({ SLACK_CLIENT_SECRET: 'abc' }), /SLACK_CLIENT_SECRET is set, and needs SLACK_CLIENT_ID/)
    const message = refusal({ SPINUP_PORT: 'x', SLACK_APP_TOKEN: 'hunter2', DISCORD_API_URL: 'discord' })
    assert.match(
      message,
      /SPINUP_PORT=x: .*SLACK_APP_TOKEN=…: it takes an app-level .*DISCORD_API_URL=discord: it takes/,
    )
  })

  it('shows no secret when it complains', () => {
    assert.doesNotMatch(refusal({ DIGITALOCEAN_TOKEN: 'dop hunter2', WEBHOOK_BALANCER_URL: 'hunter2' }), /hunter2/)
    const message = refusal({
      SPINUP_SECRET: 'hunter2',
      SPINUP_CONSOLE_PASSWORD: 'hunter2',
      REDIS_URL: 'http://bot:hunter2/@redis.example:6379',
    })
    assert.doesNotMatch(message, /hunter2/)
    assert.match(message, /REDIS_URL=…@redis\.example:6379: it takes a URL such as redis:/)
  })

  it('keeps the public address as browsers write it, for what is made of it stands in links and in shells', () => {
    const cases: readonly (readonly [given: string, kept: string])[] = [
      ['HTTPS://Spinup.Example.COM', 'https://spinup.example.com'],
      ['https://spinup.example.com.', 'https://spinup.example.com'],
      ['https://spinup.example.com:443/', 'https://spinup.example.com'],
      ['https://spinup.example.com/path//', 'https://spinup.example.com/path'],
      [' https:/spinup.example.com ', 'https://spinup.example.com'],
      ['https://bücher.example', 'https://xn--bcher-kva.example'],
      ['http://0x7f.1:8080', 'http://127.0.0.1:8080'],
      ['https://[2001:DB8:0::1]:8443', 'https://[2001:db8::1]:8443'],
    ]
    for (const [SPINUP_PUBLIC_URL, kept] of cases) assert.equal(readConfig({ SPINUP_PUBLIC_URL }).publicUrl, kept)
  })
})
