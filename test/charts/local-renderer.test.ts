import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { createLocalRenderer } from '../../src/charts/local-renderer.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { until } from '../wait.ts'
import { chartLine, chartSpec, pixelsOf } from './specs.ts'

const script = new URL('broken-worker.ts', import.meta.url)
const small = { theme: 'dark', width: 300, height: 200, scale: 1 } as const

function fails(code: string): (error: unknown) => boolean {
  return (error) => error instanceof SpinupError && error.code === code
}

describe('the local renderer', () => {
  const renderer = createLocalRenderer({ script, deadlineMs: 60_000 })
  after(() => renderer.close())

  it('answers each of many at once with its own chart', async () => {
    const heights = [0.1, 0.3, 0.5, 0.7, 0.9]
    const together = await Promise.all(heights.map((height) => renderer.render(level(height), small)))
    for (const [index, height] of heights.entries()) {
      assert.deepEqual(together[index], await renderer.render(level(height), small), `${height}`)
    }
    assert.equal(new Set(together.map((png) => Buffer.from(png).toString('base64'))).size, heights.length)
  })

  it('leaves the asking thread free meanwhile', async () => {
    let turns = 0
    const pulse = setInterval(() => (turns += 1), 1)
    await renderer.render(chartSpec(), { theme: 'dark' })
    clearInterval(pulse)
    assert.ok(turns > 0)
  })

  it('loses only the chart its thread crashed on', async () => {
    const crashed = assert.rejects(renderer.render(chartSpec({ title: 'crash' }), small), fails('unavailable'))
    const next = renderer.render(chartSpec(), small)
    await crashed
    assert.equal((await pixelsOf(await next)).width, 300)
    await assert.rejects(renderer.render(chartSpec({ title: 'crash' }), small), fails('unavailable'))
    assert.equal((await pixelsOf(await renderer.render(chartSpec(), small))).width, 300)
  })

  it('refuses impossible sizes', async () => {
    for (const size of [{ width: 10 }, { height: 100_000 }, { width: 300.5 }, { scale: 0 }, { scale: Number.NaN }]) {
      await assert.rejects(renderer.render(chartSpec(), { theme: 'dark', ...size }), fails('badInput'))
    }
  })

  it('gives up a chart that takes too long, and draws the next', async () => {
    const impatient = createLocalRenderer({ script, deadlineMs: 1000 })
    try {
      const late = assert.rejects(impatient.render(chartSpec({ title: 'hang' }), small), fails('timeout'))
      await late
      // On a busy machine the thread's start alone may take longer than this deadline: then once more.
      const png = await until(() => impatient.render(chartSpec(), small), { timeoutMs: 60_000, what: 'the next chart' })
      assert.equal((await pixelsOf(png)).height, 200)
    } finally {
      await impatient.close()
    }
  })

  it('refuses more than may wait, and rejects the waiting when it closes', async () => {
    const busy = createLocalRenderer({ script, queueLimit: 2, deadlineMs: 60_000 })
    const stuck = [1, 2, 3].map(() =>
      assert.rejects(busy.render(chartSpec({ title: 'hang' }), small), fails('unavailable')),
    )
    await assert.rejects(busy.render(chartSpec(), small), fails('limited'))
    await busy.close()
    await Promise.all(stuck)
    await assert.rejects(busy.render(chartSpec(), small), fails('unavailable'))
  })

  it('does not keep a process alive, but lets it finish its chart', async () => {
    const code = `
      const { createLocalRenderer } = await import(${JSON.stringify(new URL('../../src/charts/local-renderer.ts', import.meta.url).href)})
      const { chartSpec } = await import(${JSON.stringify(new URL('specs.ts', import.meta.url).href)})
      const png = await createLocalRenderer().render(chartSpec(), { theme: 'dark' })
      console.log('drawn', png.length > 1000)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
      timeout: 60_000,
    })
    assert.equal(stdout.trim(), 'drawn true')
  })
})

function level(height: number): ReturnType<typeof chartSpec> {
  return chartSpec({ lines: [chartLine('a', () => height)] })
}
