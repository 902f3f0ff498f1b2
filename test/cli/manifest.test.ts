import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')
const run = (...words: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, ['src/cli/manifest.ts', ...words], { cwd: root })

describe('npm run manifest', () => {
  it('the Slack manifest that is kept is the one the commands give, the example of a .env file has every variable, and the schema of policy files every setting', async () => {
    const { stdout } = await run('--check')
    assert.match(
      stdout,
      /slack\.yaml is up to date\nmanifests\/example\.env is up to date\nmanifests\/policy\.schema\.json is up to date/,
    )
  })

  it('prints one for signed requests, with every address in it', async () => {
    const { stdout } = await run('--url', 'https://spinup.example.com/')
    for (const line of [
      "url: 'https://spinup.example.com/slack/events'",
      "request_url: 'https://spinup.example.com/slack/events'",
      "- 'https://spinup.example.com/slack/oauth_redirect'",
      'socket_mode_enabled: false',
      "- 'app_uninstalled'",
    ]) {
      assert.ok(stdout.includes(line), line)
    }
    assert.match(await readFile(join(root, 'manifests', 'slack.yaml'), 'utf8'), /socket_mode_enabled: true/)
  })

  it('wrong words are a failure that shows the right one', async () => {
    await assert.rejects(
      run('--url', 'spinup.example.com'),
      /--url spinup\.example\.com: it takes an address such as https:/,
    )
  })
})
