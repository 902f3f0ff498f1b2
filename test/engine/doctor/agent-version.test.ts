import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { CheckLine } from '../../../src/core/model/view.ts'
import { runCheck } from '../../../src/engine/doctor/check.ts'
import { poolChecks } from '../../../src/engine/doctor/checks/pool.ts'
import { createIdentities } from '../../../src/store/identities.ts'
import { startRig } from '../rig.ts'
import { running } from '../../running.ts'

describe('the check of the agents’ versions', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset()
    await rig.grow(1)
    rig.services = {
      ...rig.services,
      agents: { version: '1.2.0', about: createIdentities(rig.redis).ledger.about },
    }
  })

  const look = async (): Promise<CheckLine> => {
    const checks = poolChecks(rig.services, await rig.state())
    const [line] = await runCheck(checks.find(({ name }) => name === 'Agent version of web')!)
    return line!
  }
  const tell = async (memberId: string, version: string | null, boot = 'boot-1'): Promise<void> => {
    const { ledger } = createIdentities(rig.redis)
    const about = { version, host: 'droplet', clockAheadMs: 0, notes: [] }
    const claim = { poolId: 'web', memberId, boot, seq: 0, count: 1, ...about, stats: ['cpu'] }
    const answer = await ledger.claim(claim)
    assert.ok(answer.kind === 'claimed')
    assert.equal(await ledger.commit(claim, answer.token), true)
  }

  it('is content with agents as new as its own, and with newer ones', async () => {
    await tell('web-1', '1.2.0')
    await tell('web-2', '1.10.0')
    const line = await look()
    assert.deepEqual([line.state, line.fix], ['ok', null])
    assert.match(line.detail, /^2 agents up to date with the 1\.2\.0/)
  })

  it('says how the origin’s is brought up to date, and then the clones’', async () => {
    await tell('web-1', '1.1.9')
    const { state, detail, fix } = await look()
    assert.equal(state, 'warn')
    assert.equal(detail, 'I hand out 1.2.0; web-1 has 1.1.9, web-2 has none that it reports')
    assert.match(fix!, /^\/spinup connect install .*web-1.*then \/spinup refresh/)
  })

  it('has the clones made anew where theirs alone are old', async () => {
    await tell('web-1', '1.2.0')
    await tell('web-2', '1.1.0')
    const { state, detail, fix } = await look()
    assert.deepEqual([state, detail], ['warn', 'I hand out 1.2.0; web-2 has 1.1.0'])
    assert.match(fix!, /^The origin’s is up to date: \/spinup refresh/)
  })

  it('forgets a version that is told no more: an older agent was put back', async () => {
    await tell('web-1', '1.2.0')
    await tell('web-2', '1.2.0')
    await tell('web-2', null, 'boot-2')
    assert.match((await look()).detail, /web-2 has none that it reports$/)
  })

  it('is skipped while nobody is in service', async () => {
    const [origin, clone] = (await rig.state()).members
    await rig.change({ members: { put: [{ ...origin!, phase: 'failed' }], remove: [clone!.id] } })
    assert.equal((await look()).state, 'skipped')
  })
})
