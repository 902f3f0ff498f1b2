import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  addressHere,
  isIn,
  isInsideAddress,
  isTrustedProxy,
  parseIp,
  parseNet,
  parseTrustedProxies,
  sourceOf,
  type Ip,
} from '../../../src/core/model/address.ts'

const ip = (text: string): Ip => parseIp(text) ?? assert.fail(`${text} is an address`)

describe('an address', () => {
  it('is read however it is written', () => {
    assert.deepEqual(ip('10.0.0.1'), { family: 4, bits: 0x0a00_0001n })
    assert.deepEqual(ip('::ffff:10.0.0.1'), ip('10.0.0.1'))
    assert.deepEqual(ip('::ffff:a00:1'), ip('10.0.0.1'))
    assert.deepEqual(ip('[::1]'), { family: 6, bits: 1n })
    assert.deepEqual(ip('fe80::1%eth0'), ip('fe80:0:0:0:0:0:0:1'))
    assert.deepEqual(ip('1::'), ip('1:0:0:0:0:0:0:0'))
    assert.deepEqual(ip('64:ff9b::127.0.0.1'), ip('64:FF9B::7f00:1'))
  })

  it('that something listens on is a web address on this machine', () => {
    const cases: readonly (readonly [host: string, url: string])[] = [
      ['127.0.0.1', 'http://127.0.0.1:8080'],
      ['localhost', 'http://localhost:8080'],
      ['10.0.0.5', 'http://10.0.0.5:8080'],
      ['0.0.0.0', 'http://127.0.0.1:8080'],
      ['::', 'http://127.0.0.1:8080'],
      ['0:0:0:0:0:0:0:0', 'http://127.0.0.1:8080'],
      ['::ffff:0.0.0.0', 'http://127.0.0.1:8080'],
      ['::1', 'http://[::1]:8080'],
      ['::ffff:127.0.0.1', 'http://[::ffff:127.0.0.1]:8080'],
      ['fd00::5', 'http://[fd00::5]:8080'],
    ]
    for (const [host, url] of cases) {
      assert.equal(addressHere(host, 8080), url, host)
      assert.ok(URL.canParse(url), host)
    }
  })

  it('is not what only looks like one', () => {
    for (const text of [
      '',
      '1.2.3',
      '1.2.3.256',
      '01.2.3.4',
      '1.2.3.4.5',
      ':::',
      '1:2',
      '1::2::3',
      'g::',
      '::1.2.3',
      'a.b',
    ])
      assert.equal(parseIp(text), null, text)
  })

  it('of this machine, of a network behind it or of no machine at all is inside, whatever it is dressed up as', () => {
    const inside = ['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1']
    const dressed = [
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
      '64:ff9b::10.0.0.1',
      '2002:7f00:1::',
      '2002:a9fe:a9fe::1',
      '::127.0.0.1',
    ]
    const others = [
      '::',
      '::1',
      'fc00::1',
      'fd12::1',
      'fe80::1',
      '64:ff9b:1::1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      'ff02::1',
      '2001:0:1::1',
    ]
    for (const text of [...inside, ...dressed, ...others]) assert.equal(isInsideAddress(ip(text)), true, text)
  })

  it('of the internet is not', () => {
    for (const text of [
      '8.8.8.8',
      '203.0.113.9',
      '172.32.0.1',
      '100.128.0.1',
      '2606:4700::1',
      '64:ff9b::808:808',
      '2002:808:808::',
      '::ffff:8.8.8.8',
    ])
      assert.equal(isInsideAddress(ip(text)), false, text)
  })

  it('is in a network by its first bits', () => {
    const net = parseNet('10.0.0.0/8') ?? assert.fail()
    assert.deepEqual(
      [isIn(ip('10.255.0.1'), net), isIn(ip('11.0.0.1'), net), isIn(ip('::1'), net)],
      [true, false, false],
    )
    assert.equal(parseNet('10.0.0.0/40'), null)
  })

  it('is counted with those of the same subscriber', () => {
    assert.equal(sourceOf('2001:db8::1'), sourceOf('2001:db8::ffff:1'))
    assert.notEqual(sourceOf('2001:db8::1'), sourceOf('2001:db8:0:1::1'))
    assert.equal(sourceOf('::ffff:192.0.2.1'), sourceOf('192.0.2.1'))
    assert.notEqual(sourceOf('192.0.2.1'), sourceOf('192.0.2.2'))
  })
})

describe('trusted proxies', () => {
  it('are addresses, networks and names of networks, or so many in a row', () => {
    assert.deepEqual(parseTrustedProxies('2'), { hops: 2 })
    for (const text of ['127.0.0.1', '10.0.0.0/8, ::1', 'loopback,uniquelocal', '2400:cb00::/32'])
      assert.ok(parseTrustedProxies(text), text)
    for (const text of ['', '0', '10', 'true', '*', '0.0.0.0/0', '::/0', 'nginx', '10.0.0.0/8,'])
      assert.equal(parseTrustedProxies(text), null, text)
  })

  it('by address are believed at any distance, others never', () => {
    const proxies = parseTrustedProxies('127.0.0.1, 203.0.113.0/24') ?? assert.fail()
    assert.equal(isTrustedProxy(proxies, '::ffff:127.0.0.1', 0), true)
    assert.equal(isTrustedProxy(proxies, '203.0.113.7', 1), true)
    assert.equal(isTrustedProxy(proxies, '203.0.114.7', 0), false)
    assert.equal(isTrustedProxy(proxies, 'unknown', 0), false)
  })

  it('by number are believed that far, if the nearest is beside us: others may have come straight here', () => {
    const proxies = parseTrustedProxies('2') ?? assert.fail()
    assert.equal(isTrustedProxy(proxies, '127.0.0.1', 0), true)
    assert.equal(isTrustedProxy(proxies, '198.51.100.1', 1), true)
    assert.equal(isTrustedProxy(proxies, '198.51.100.1', 2), false)
    assert.equal(isTrustedProxy(proxies, '198.51.100.1', 0), false)
  })
})
