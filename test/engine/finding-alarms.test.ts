import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { aboutOf, NOTHING_FOUND, type Finding } from '../../src/core/model/finding.ts'
import type { CheckLine } from '../../src/core/model/view.ts'
import { load } from '../../src/engine/doctor/checks/pool.ts'
import type { LoadMemory } from '../../src/core/model/load.ts'
import { EMPTY_LOAD } from '../../src/core/policy/notice.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

/** What was found, what its card says, and what else a person should read there. */
const FOUND: readonly { readonly finding: Finding; readonly title: string; readonly text: RegExp }[] = [
  {
    finding: { kind: 'ownCpu', cpu: 0.9, own: 0.8, halved: 0.85 },
    title: 'CPU is busy, but not with visitors',
    text: /^CPU is 90 %, and about 85 % would remain if requests halved\. A clone would not help/,
  },
  {
    finding: { kind: 'elsewhere', seconds: 2.1, usual: 0.12, cpu: 0.08, waiting: 40 },
    title: 'Pages are slow, but not for lack of CPU',
    text: /^Pages take 2\.1 s \(usually 120 ms\) at 8 % CPU, and 40 requests wait\. .* none is added for it\.$/,
  },
  {
    finding: { kind: 'noHelp', cpu: 0.92, from: 2, to: 4 },
    title: 'Clones do not help',
    text: /^CPU stayed at 92 % when the pool grew from 2 to 4; another clone would not help\. I add no more/,
  },
  {
    finding: { kind: 'member', memberId: 'web-2', odd: { how: 'dear', value: 0.034, others: 0.01 } },
    title: 'web-2 is not like the others',
    text: /^web-2 uses 3\.4 times as much CPU for each request as the others\./,
  },
  {
    finding: { kind: 'member', memberId: 'web-1', odd: { how: 'stolen', value: 0.25 } },
    title: 'web-1 is not like the others',
    text: /^web-1 does not get 25 % of its CPU: its host gives that to others\./,
  },
  {
    finding: { kind: 'member', memberId: 'web-2', odd: { how: 'disagrees', rps: 1.2, others: 14, latency: 0.08 } },
    title: 'web-2 is not like the others',
    text: /^web-2 reports a full CPU, but its balancer sees 1\.2 requests\/s there \(the others 14\), answered within 80 ms\./,
  },
  {
    finding: { kind: 'member', memberId: 'web-2', odd: { how: 'stat', stat: 'queue_depth', value: 900, others: 12 } },
    title: 'web-2 is not like the others',
    text: /^web-2 shows queue_depth 900 \(the others 12\)\./,
  },
]

describe('what the judgement found', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset({ mode: 'observe' })
    await rig.grow(1)
    await rig.run(2, 0.4)
  })
  /** As if it had been raised just now. */
  const found = async (finding: Finding): Promise<void> => {
    const before: LoadMemory = rig.services.looks.get('web')?.memory.load ?? EMPTY_LOAD
    const one = { finding, since: rig.now() - 600_000, seenAt: rig.now(), raisedAt: rig.now() }
    rig.services.looks.delete('web')
    const { memory } = await rig.state()
    const standing = { [aboutOf(finding)]: one }
    await rig.change({ memory: { ...memory, load: { ...before, found: { ...NOTHING_FOUND, standing } } } })
  }
  const checks = async (): Promise<readonly CheckLine[]> => load(rig.services, await rig.state(), 'Load of web')
  const alerts = async () => (await rig.views('alert')).filter(({ title }) => !title.includes('silent'))

  for (const { finding, title, text } of FOUND) {
    it(`is told once and resolved when it is over: ${finding.kind === 'member' ? finding.odd.how : finding.kind}`, async () => {
      await found(finding)
      await rig.run(3, 0.4)
      const [alert, ...more] = await alerts()
      assert.deepEqual(more, [])
      assert.equal(alert?.title, title)
      assert.match(alert.text, text)
      const [line, ...others] = await checks()
      assert.deepEqual(
        [line?.state, line?.detail, line?.fix, others],
        ['warn', `${title}: ${alert.text}`, alert.fix, []],
      )
      const [status] = await rig.ask({ kind: 'status' })
      const odd = status?.kind === 'status' ? status.members.filter((one) => one.odd !== null) : []
      assert.deepEqual(
        odd.map(({ id }) => id),
        finding.kind === 'member' ? [finding.memberId] : [],
      )
      assert.equal((await rig.cards()).get(`alert:${(await rig.state()).alarms[0]!.id}:${alert.since}`)?.revision, 1)
      const clone = finding.kind === 'member' && finding.memberId === 'web-2'
      assert.deepEqual(
        alert.actions.map(({ action }) => action),
        clone ? ['run:/spinup remove web-2 @web'] : [],
      )
      rig.pass(15 * 60_000)
      await rig.run(1, 0.4)
      assert.deepEqual(
        (await alerts()).map((view) => [view.state, view.title]),
        [['resolved', `Resolved: ${title}`]],
      )
      assert.deepEqual(
        (await checks()).map(({ state }) => state),
        ['ok'],
      )
      const journal = await rig.services.store.journal('web', 100)
      assert.equal(journal.filter(({ what }) => what === title).length, 1)
    })
  }

  it('says that clones may be added all the same, where the policy scales by what is slow', async () => {
    for (const stat of ['p95', 'inflight']) {
      await rig.reset({ mode: 'observe', also: [{ stat, target: 1, how: 'mean', across: 'member' }] })
      await rig.run(2, 0.4)
      await found({ kind: 'elsewhere', seconds: 2.1, usual: 0.12, cpu: 0.08, waiting: null })
      await rig.run(1, 0.4)
      const alert = (await alerts()).find(({ title }) => title.startsWith('Pages'))
      assert.match(alert!.text, new RegExp(`The policy scales by ${stat}, so clones may be added all the same\\.$`))
    }
  })
})
