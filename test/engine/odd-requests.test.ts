import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { plain } from '../../src/chat/console/plain.ts'
import { parseLine } from '../../src/commands/dispatch/line.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { oddLines } from '../commands/grammar/odd-lines.ts'
import { startRig, type Rig } from './rig.ts'

describe('odd requests', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(async () => {
    await rig.services.doctor.stop()
    await rig.stop()
  })
  /** Check-ups would wait for their buttons. */
  const afresh = async (): Promise<void> => {
    await rig.services.doctor.stop()
    await rig.reset()
  }

  it('are done, or refused in words: nothing else comes of them, and the pool goes on', async () => {
    await afresh()
    let refused = 0
    let done = 0
    for (const [index, line] of oddLines(3000, 21).entries()) {
      const parsed = parseLine(line, rig.now())
      if (parsed.kind === 'error' || parsed.request.kind === 'help') continue
      try {
        const views = await rig.ask(parsed.request)
        const text = views.map((view) => plain(view, rig.now())).join('\n')
        // The history repeats what was typed, odd words too.
        if (parsed.request.kind !== 'history') {
          assert.doesNotMatch(text, /\bNaN\b|\bundefined\b|\[object|-\d+ member/, line)
        }
        done++
      } catch (error) {
        assert.ok(error instanceof SpinupError, `${line}: ${error instanceof Error ? error.stack : String(error)}`)
        assert.match(error.message, /\S{3,} \S.*[.:!?]$/su, line)
        assert.ok(error.message.length < 1000, line)
        refused++
      }
      if (index % 40 === 0) await rig.run(2, (index % 100) / 100)
      if (index % 200 === 0) await afresh()
    }
    assert.ok(done > 150 && refused > 150, `${done} done, ${refused} refused`)
    assert.equal((await rig.services.auditLog.verify()).kind, 'whole')
  })
})
