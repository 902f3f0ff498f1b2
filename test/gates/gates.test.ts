import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'

/** Programs of `package.json` that print what they found, and end with status 1 when it is not as promised. */
const GATES: readonly (readonly string[])[] = [
  ['test:storm'],
  ['test:clicks'],
  ['test:schedules', '--', '--runs', '500'],
  ['test:contract'],
  ['test:judges'],
  ['test:parity'],
]
/** Each has its own limits for what it waits for; this is for one that hangs. */
const LIMIT_MS = 900_000
/** They wait for stand-ins most of the time. */
const SIDE_BY_SIDE = 2

describe('the gates', { concurrency: SIDE_BY_SIDE, timeout: GATES.length * LIMIT_MS }, () => {
  for (const gate of GATES) {
    it(`npm run ${gate.join(' ')}`, { timeout: LIMIT_MS }, (test) => run(gate, test))
  }
})

async function run(words: readonly string[], test: TestContext): Promise<void> {
  const child = spawn('npm', ['run', '--silent', ...words], { stdio: ['ignore', 'pipe', 'pipe'], signal: test.signal })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  }
  const [code] = (await once(child, 'close')) as [number | null]
  const last = said.trim().split('\n').at(-1) ?? ''
  assert.equal(code, 0, `${said}\nnpm run ${words.join(' ')} ended with status ${code}`)
  test.diagnostic(last)
}
