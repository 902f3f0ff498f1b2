import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { CheckLine } from '../../../src/core/model/view.ts'
import { runCheck } from '../../../src/engine/doctor/check.ts'
import { poolChecks } from '../../../src/engine/doctor/checks/pool.ts'
import { createIdentities } from '../../../src/store/identities.ts'
import { ledgerKeys, type ReportClaim } from '../../../src/store/report-ledger.ts'
import { startRig } from '../rig.ts'
import { running } from '../../running.ts'

describe('the checks of what agents report', () => {
  const rig = running(startRig)
  let seq = 0
  beforeEach(async () => {
    await rig.reset()
    await rig.grow(1)
  })

  const look = async (name: 'reports' | 'clocks'): Promise<CheckLine> => {
    const checks = poolChecks(rig.services, await rig.state())
    const [line] = await runCheck(checks.find((check) => check.name === `Agent ${name} of web`)!)
    return line!
  }
  const report = async (memberId: string, fields: Partial<ReportClaim> = {}): Promise<void> => {
    const about = { version: '1.2.0', host: 'shop (203.0.113.7)', clockAheadMs: 0, notes: [] }
    const claim = {
      poolId: 'web',
      memberId,
      boot: 'boot-aaaa',
      seq: seq++,
      count: 1,
      ...about,
      stats: ['cpu'],
      ...fields,
    }
    const { ledger } = createIdentities(rig.redis)
    const answer = await ledger.claim(claim)
    if (answer.kind === 'claimed') await ledger.commit(claim, answer.token)
  }

  it('skip where no agent has reported, and are content where all was taken', async () => {
    assert.deepEqual([(await look('reports')).state, (await look('clocks')).state], ['skipped', 'skipped'])
    await report('web-1')
    await report('web-2', { clockAheadMs: -4_000 })
    assert.deepEqual(
      [await look('reports'), await look('clocks')].map(({ state, detail }) => [state, detail]),
      [
        ['ok', 'all that 2 agents reported was taken'],
        ['ok', 'agree with Redis’s'],
      ],
    )
  })

  it('name what an agent could not take and what the bot refused, until it is ten minutes old', async () => {
    await report('web-1', { notes: ['StatsD lines not understood: 12, such as "x:y|z"'] })
    await report('web-2')
    const { ledger } = createIdentities(rig.redis)
    await ledger.noteRefused('web', 'web-2', [{ stat: 'cpu', why: '100 is not a fraction from 0 to 1' }])
    const { state, detail, fix } = await look('reports')
    assert.equal(state, 'warn')
    assert.equal(
      detail,
      'web-1: StatsD lines not understood: 12, such as "x:y|z"; web-2: cpu refused: 100 is not a fraction from 0 to 1',
    )
    assert.match(fix!, /journalctl -u spinup-agent/)
    await report('web-1')
    await rig.redis.hset(ledgerKeys('web', 'web-2')[0], 'refusedAt', Date.now() - 601_000)
    assert.equal((await look('reports')).state, 'ok')
  })

  it('fail where two hosts report as one member, with both', async () => {
    await report('web-2')
    await report('web-2', { boot: 'boot-bbbb', host: 'copy (203.0.113.9)' })
    await rig.redis.hset(ledgerKeys('web', 'web-2')[0], 'takenAt', Date.now() - 5_000)
    await report('web-2')
    const { state, detail } = await look('reports')
    assert.equal(state, 'failed')
    assert.match(
      detail,
      /^two hosts report as web-2: copy \(203\.0\.113\.9\), run boot-bbb, and shop \(.*\), run boot-aaa/,
    )
  })

  it('warn of a clock that is off by more than the way to the bot explains', async () => {
    await report('web-1')
    await report('web-2', { clockAheadMs: -3_600_000 })
    const { state, detail, fix } = await look('clocks')
    assert.deepEqual([state, detail], ['warn', 'The clock of web-2 is 1 h behind'])
    assert.match(fix!, /On web-2: sudo timedatectl/)
  })
})
