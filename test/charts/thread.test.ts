import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { createLocalRenderer } from '../../src/charts/local-renderer.ts'
import { until } from '../wait.ts'
import { chartSpec } from './specs.ts'

const small = { theme: 'dark', width: 300, height: 200, scale: 1 } as const

describe('the drawing thread', () => {
  it('ends when no chart is asked for, and starts again for the next', async () => {
    const started: Worker[] = []
    const count = (worker: Worker): void => void started.push(worker)
    process.on('worker', count)
    const renderer = createLocalRenderer({ idleMs: 1, deadlineMs: 60_000 })
    try {
      const first = await renderer.render(chartSpec(), small)
      // A thread that has ended has no id any more.
      await until(() => started[0]?.threadId === -1, { timeoutMs: 60_000, what: 'the idle thread to end' })
      assert.deepEqual(await renderer.render(chartSpec(), small), first)
      assert.equal(started.length, 2)
    } finally {
      await renderer.close()
      process.off('worker', count)
    }
  })

  it('is the same for charts that follow each other', async () => {
    const started: Worker[] = []
    const count = (worker: Worker): void => void started.push(worker)
    process.on('worker', count)
    const renderer = createLocalRenderer({ deadlineMs: 60_000 })
    try {
      for (let round = 0; round < 3; round += 1) await renderer.render(chartSpec(), small)
      assert.equal(started.length, 1)
    } finally {
      await renderer.close()
      process.off('worker', count)
    }
  })

  it('brings its own font, for servers that have none', async () => {
    const code = `
      const [{ createLocalRenderer }, { chartSpec, pixelsOf }, { GlobalFonts }] = await Promise.all([
        import(${JSON.stringify(new URL('../../src/charts/local-renderer.ts', import.meta.url).href)}),
        import(${JSON.stringify(new URL('specs.ts', import.meta.url).href)}),
        import('@napi-rs/canvas'),
      ])
      const before = GlobalFonts.families.length
      const renderer = createLocalRenderer()
      const titled = await pixelsOf(await renderer.render(chartSpec(), { theme: 'dark' }))
      console.log(JSON.stringify({ before, own: GlobalFonts.has('Inter'), letters: titled.count('#e8ecf5', { x: 0, y: 0, width: 1600, height: 70 }) }))
      await renderer.close()`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
      cwd: new URL('../..', import.meta.url),
      timeout: 60_000,
      env: {
        PATH: '/usr/bin:/bin',
        DISABLE_SYSTEM_FONTS_LOAD: '1',
        FONTCONFIG_FILE: '/dev/null',
        HOME: '/nonexistent',
      },
    })
    const { before, own, letters } = JSON.parse(stdout) as { before: number; own: boolean; letters: number }
    assert.equal(before, 0, 'the system’s fonts are out of the way')
    // The canvas may still find a file of the system's to fall back on, so letters alone prove nothing.
    assert.ok(own, 'the bundled font is registered')
    assert.ok(letters > 500, `${letters} pixels of title`)
  })
})
