import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAddress } from '../../../src/balancers/builtin/process/address.ts'

describe("a member's address", () => {
  it('is one however it is written, and is shown as it was given', () => {
    const [a, b] = [parseAddress('http://Web.internal:80/'), parseAddress('http://web.internal')]
    assert.ok(!('refused' in a) && !('refused' in b))
    assert.equal(a.key, b.key)
    assert.equal(a.url, 'http://Web.internal:80/')
    assert.deepEqual([b.hostname, b.port], ['web.internal', 80])
  })

  it('may be of IP version 6', () => {
    const address = parseAddress('http://[2001:db8::1]:9003')
    assert.ok(!('refused' in address))
    assert.deepEqual([address.hostname, address.port], ['2001:db8::1', 9003])
  })

  it('is refused with the reason when it is no member', () => {
    const refused: readonly (readonly [string, RegExp])[] = [
      ['10.0.0.4:80', /not a URL|http:\/\//],
      ['', /not a URL/],
      ['https://10.0.0.4', /http:\/\//],
      ['file:///etc/passwd', /http:\/\//],
      ['http://user:pw@10.0.0.4', /no user or password/],
      ['http://10.0.0.4/admin', /only host and port/],
      ['http://10.0.0.4?x', /only host and port/],
      ['http://10.0.0.4:0', /port 0/],
      ['http://169.254.169.254', /not the address of a member/],
      ['http://0.0.0.0:80', /not the address of a member/],
      ['http://a b', /not a URL/],
    ]
    for (const [text, why] of refused) {
      const address = parseAddress(text)
      assert.ok('refused' in address, `${text} is refused`)
      assert.match(address.refused, why)
    }
  })
})
