import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'

/** Each has limits of its own for what it waits for; this is for one that hangs. */
const LIMIT_MS = 1_800_000

/**
 * Programs of `package.json`, one after another, that print what they found and end with status 1 when it is not as
 * promised; their last lines are told. Other files run beside them.
 */
export function gates(name: string, programs: readonly (readonly string[])[]): void {
  describe(name, { timeout: programs.length * LIMIT_MS }, () => {
    for (const words of programs) {
      it(`npm run ${words.join(' ')}`, { timeout: LIMIT_MS }, (test) => run(words, test))
    }
  })
}

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
