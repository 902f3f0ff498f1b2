import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addressIn, isOnThisMachine, judgeReach, type Droplets, type Reach } from '../../../src/core/model/reach.ts'

const AWAY: Droplets = { addresses: ['203.0.113.9', '10.114.0.5'], here: false }
const judge = (url: string, ips: readonly string[] | null = null, droplets: Droplets = AWAY): Reach =>
  judgeReach(url, ips, droplets)

describe('whether droplets reach an address', () => {
  it('is refused where it is of this machine, however that is spelled', () => {
    for (const url of [
      'http://localhost:8080',
      'http://127.0.0.1:8080',
      'http://127.8.9.1',
      'http://[::1]:8080',
      'http://[::ffff:127.0.0.1]',
      'http://0.0.0.0:8080',
      'https://bot.localhost',
      'https://LOCALHOST.',
      'http://localhost.localdomain',
    ]) {
      const { state, kind, detail, fix } = judge(url)
      assert.deepEqual([state, kind], ['failed', 'machine'], url)
      assert.match(detail, /this machine’s own address/)
      assert.match(fix ?? '', /SPINUP_PUBLIC_URL.*docs\/production\.md/)
    }
    assert.equal(judge('https://bot.example.com', ['127.0.1.1']).kind, 'machine')
  })

  it('is refused at home, in an office, behind a carrier, and on one cable', () => {
    const cases: readonly (readonly [url: string, ips: readonly string[] | null, words: RegExp])[] = [
      ['http://192.168.1.20:8080', null, /private network that no droplet/],
      ['https://10.0.0.4', null, /private network that no droplet/],
      ['https://172.31.255.1', null, /private network that no droplet/],
      ['https://[fd00::5]', null, /private network that no droplet/],
      ['https://bot.example.com', ['192.168.1.20'], /private network that no droplet/],
      ['http://100.101.102.103:8080', null, /carrier.*tailnet/],
      ['https://bot.tail1234.ts.net', ['100.101.102.103', 'fd7a:115c:a1e0::1'], /private network|carrier/],
      ['http://169.254.10.1', null, /one cable/],
      ['http://[fe80::1]', null, /one cable/],
      ['http://224.0.0.1', null, /leads nowhere/],
      ['http://nas:8080', null, /your own network/],
      ['https://bot.local', ['192.168.1.20'], /private network|your own network/],
      ['https://bot.lan', null, /your own network/],
      ['https://bot.home.arpa', null, /your own network/],
      ['https://bot.svc.internal', null, /your own network/],
      ['https://spinup.example.com', [], /the name spinup\.example\.com leads nowhere/],
    ]
    for (const [url, ips, words] of cases) {
      const { state, detail } = judge(url, ips)
      assert.equal(state, 'failed', url)
      assert.match(detail, words, url)
    }
  })

  it('is granted within the droplets’ own private network, and doubted while they are not known', () => {
    assert.deepEqual(judge('http://10.114.0.2:8080'), {
      kind: 'private',
      state: 'ok',
      detail: 'http://10.114.0.2:8080, in the droplets’ private network,',
      fix: null,
    })
    assert.equal(judge('https://bot.example.com', ['10.114.15.1']).state, 'ok')
    assert.equal(judge('https://10.115.0.2').state, 'failed')
    // A public address that begins alike is no neighbour.
    assert.equal(
      judge('https://10.114.0.2', null, { addresses: ['10.115.0.1', '203.0.113.9'], here: false }).state,
      'failed',
    )
    assert.equal(judge('https://10.114.0.2', null, { addresses: null, here: false }).state, 'warn')
    assert.equal(judge('https://192.168.1.20', null, { addresses: [], here: false }).state, 'failed')
  })

  it('is granted by HTTPS, and doubted where it is not encrypted or the name passes', () => {
    for (const url of [
      'https://spinup.example.com',
      'https://203.0.113.5',
      'https://demo.ngrok-free.app',
      'https://[2001:db8::1]',
    ]) {
      assert.deepEqual(judge(url), { kind: 'open', state: 'ok', detail: url, fix: null })
    }
    assert.equal(judge('https://spinup.example.com', ['203.0.113.5', '2001:db8::1']).state, 'ok')
    for (const url of ['http://spinup.example.com', 'http://203.0.113.5:8080', 'HTTP://spinup.example.com']) {
      const { state, detail, fix } = judge(url)
      assert.equal(state, 'warn', url)
      assert.match(detail, /not encrypted/)
      assert.match(fix ?? '', /Caddy or nginx/)
    }
    for (const name of ['a-b-c.trycloudflare.com', 'abc.lhr.life', 'x.serveo.net', 'x.loca.lt']) {
      assert.match(judge(`https://${name}`).detail, /another name each time/)
    }
  })

  it('is no question where the droplets are processes of this machine', () => {
    assert.equal(judge('http://127.0.0.1:8080', null, { addresses: ['127.0.0.1'], here: true }).state, 'ok')
    for (const url of ['http://127.0.0.1:4000/v2', 'http://localhost:1', 'http://[::1]/v2'])
      assert.ok(isOnThisMachine(url), url)
    for (const url of ['https://api.digitalocean.com/v2', 'http://10.0.0.1', 'http://localhost.example.com']) {
      assert.ok(!isOnThisMachine(url), url)
    }
  })

  it('is asked of the name in a URL alone', () => {
    assert.equal(addressIn('https://user:word@Bot.Example.com:8443/path?x=y'), 'bot.example.com')
    assert.equal(addressIn('http://[::1]:80'), '::1')
    assert.equal(addressIn('https://bot.example.com./x'), 'bot.example.com')
    assert.equal(addressIn('https://bot.example.com?x=@127.0.0.1'), 'bot.example.com')
  })
})
