import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hideTokens, tokenIn } from '../../../src/core/model/tokens.ts'

/** Made up, of the right shapes; put together here, so that no scanner takes this file for a leak. */
const KEYS: readonly (readonly [what: RegExp, token: string])[] = [
  [/DigitalOcean/, `dop_v1_${'0a'.repeat(32)}`],
  [/DigitalOcean/, `doo_v1_${'0a'.repeat(32)}`],
  [/Slack/, `xoxb-${'1'.repeat(12)}-${'a'.repeat(24)}`],
  [/Slack/, `xapp-1-A0${'b'.repeat(9)}-${'1'.repeat(13)}-${'c'.repeat(40)}`],
  [/Slack/, `xoxe.xoxp-1-${'d'.repeat(40)}`],
  [/Discord/, `${'M'.repeat(24)}.G${'x'.repeat(5)}.${'_-z'.repeat(10)}`],
  [/GitHub/, `ghp_${'e'.repeat(36)}`],
  [/GitHub/, `github_pat_${'f'.repeat(60)}`],
  [/AWS/, `AKIA${'A1'.repeat(8)}`],
  [/JWT/, `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(30)}.${'c'.repeat(43)}`],
  [/secret key/, `sk_live_${'a'.repeat(24)}`],
  [/private key/, `-----BEGIN OPENSSH ${'PRIVATE'} KEY-----\nabc\n-----END OPENSSH ${'PRIVATE'} KEY-----`],
  [/Spinup/, `spe_pool.web-1.${'a'.repeat(32)}`],
  [/Spinup/, `spp_RGFuYQ.${'a'.repeat(32)}`],
]

describe('a token that is typed by mistake', () => {
  it('is recognised, wherever it stands', () => {
    for (const [what, token] of KEYS) {
      for (const text of [token, `connect ${token}`, `token=${token} please`, `\`${token}\``, `see <${token}>.`]) {
        assert.match(tokenIn(text) ?? 'nothing', what, text)
        assert.ok(!hideTokens(text).includes(token.slice(8, 30)), text)
      }
    }
  })

  it('is recognised in spite of what pages and Markdown put into it', () => {
    const token = `dop_v1_${'0a'.repeat(32)}`
    for (const text of [
      token.replace('_', '\\_'),
      token.replace('v1', 'v\u200b1'),
      `${token.slice(0, 20)}\u00ad${token.slice(20)}`,
    ])
      assert.match(tokenIn(text) ?? 'nothing', /DigitalOcean/, JSON.stringify(text))
  })

  it('is nothing that people write otherwise', () => {
    for (const text of [
      'status',
      'policy target=70 approvers=slack:U061F7AUR,discord:813105230912163840',
      'protect web-3 for 2h because of the release of 2.3.1',
      'stats http.requests.in_flight last 24h',
      'https://spinup.example.com/charts/0123456789abcdef.png',
      'skip the next-generation-something-that-is-long-and-has-dashes',
      'notify #ops as digest at 9:30',
      'use my-very-long-pool-name-for-the-shop.production.example.com.eu',
    ])
      assert.equal(tokenIn(text), null, text)
  })
})
