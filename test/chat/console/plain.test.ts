import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { plain } from '../../../src/chat/console/plain.ts'
import type { ProposalView, ViewKind } from '../../../src/core/model/view.ts'
import { exampleViews } from '../../example-views.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const views = exampleViews(NOW)

/** The expected text by kind; each section of the file starts with `--- kind`. */
const golden = new Map(
  readFileSync(join(import.meta.dirname, 'plain.golden.txt'), 'utf8')
    .split(/^--- /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n')
      return [section.slice(0, end), section.slice(end + 1).replace(/\n$/, '')] as const
    }),
)

describe('views as plain text', () => {
  for (const kind of Object.keys(views) as ViewKind[]) {
    it(`reads as expected for ${kind}`, () => {
      assert.equal(plain(views[kind], NOW), golden.get(kind))
    })
  }

  it('tells what became of a proposal', () => {
    const by = { id: 'console:ada', name: 'Ada', platform: 'console' }
    assert.match(closed({ state: 'approved', by }), /^✓ shop: scale in 4 → 3, approved by Ada$/)
    assert.match(closed({ state: 'denied', by }), /^✗ .*, denied by Ada$/)
    assert.match(closed({ state: 'expired' }), /^· .*, nobody answered: held at 4$/)
    assert.match(closed({ state: 'superseded' }), /^· .*, no longer needed$/)
  })

  it('tells who may answer a proposal, and who has', () => {
    const by = { id: 'console:ada', name: 'Ada', platform: 'console' }
    const text = plain({ ...views.proposal, quorum: 2, votes: [by], approvers: ['Slack group S0614', 'Ada'] }, NOW)
    assert.match(text, /^\? shop: scale in 4 → 3\? 1 of 2 yes\n/)
    assert.match(text, /yes from Ada\n {2}Slack group S0614 and Ada may answer\n/)
  })

  it('tells who approved an episode, and what its card told before', () => {
    const by = { id: 'console:ada', name: 'Ada', platform: 'console' }
    const at = NOW - 300_000
    const text = plain(
      {
        ...views.episode,
        detectedAt: null,
        approval: { state: 'approved', by: [by, { ...by, name: 'Grace' }], note: null },
        earlier: [{ at, from: 4, to: 2, reason: 'Quiet.' }],
      },
      NOW,
    )
    assert.match(text, / {2}5 min ago {2}4 → 2 {2}Quiet\.\n[\s\S]*by Spinup · [\s\S]*approved by Ada and Grace/)
    const approval = { state: 'expired', by: [], note: 'nobody answered in time; went ahead' } as const
    assert.match(plain({ ...views.episode, approval }, NOW), /“nobody answered in time; went ahead”\n/)
  })

  it('tells how an episode ended and an alert was resolved', () => {
    const ended = { ...views.episode, stage: 'failed', endedAt: views.episode.startedAt + 95_000 } as const
    assert.match(plain(ended, NOW), /^✗ shop: scaling out 2 → 4 failed after 1 min 35 s, 1 of 2 in service\n/)
    const resolved = { ...views.alert, state: 'resolved', resolvedAt: views.alert.since + 60_000 } as const
    assert.match(plain(resolved, NOW), /^✓ Resolved after 1 min: shop-3 has gone silent\n/)
  })

  it('lets no control character from a name or a droplet reach the terminal', () => {
    const view = { ...views.error, message: 'bad \u001B[31mred\u001B]0;title\u0007 name\u009B2J\r\u202Eeman' }
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(plain(view, NOW), /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/)
  })

  it('lets no name make a line of its own in a table', () => {
    const [member] = views.status.members
    assert.ok(member)
    const text = plain({ ...views.status, members: [{ ...member, id: 'web-1\nweb-2  clone  failed' }] }, NOW)
    assert.match(text, /^ {2}web-1 web-2 {2}clone {2}failed {2}in service/m)
  })

  it('says what to type instead of pressing', () => {
    assert.match(plain(views.proposal, NOW), /\[Scale to 3\] {2}\/spinup approve p1\n {2}\[Keep 4\] {6}\/spinup deny/)
    assert.match(plain(views.whatif, NOW), /\[Apply\] {2}\/spinup policy target=50% max=6/)
  })
})

/** The first line of a proposal that is over. */
function closed(rest: Partial<ProposalView>): string {
  return plain({ ...views.proposal, ...rest, actions: [] }, NOW).split('\n')[0] ?? ''
}
