import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'

/** Programs of `package.json` that print what they found, and end with status 1 when it is not as promised. */
const GATES: readonly (readonly string[])[] = [
  ['test:storm'],
  ['test:clicks'],
  ['test:contract'],
  ['test:parity'],
  ['test:schedules', '--', '--runs', '500'],
  ['test:judges'],
]
/** Each has its own limits for what it waits for; this is for one that hangs. */
const LIMIT_MS = 900_000
// One after another: some measure how soon the bot answers, and other files run beside them as it is.
describe('the gates', { timeout: GATES.length * LIMIT_MS }, () => {
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
