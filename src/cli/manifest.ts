import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { COMMANDS } from '../commands/registry.ts'
import { slackManifest, toYaml } from '../chat/slack/manifest.ts'
import { SpinupError } from '../core/model/error.ts'
import { runCommand } from './run-command.ts'

const HELP = `Makes the manifest that a Slack app is made from.

  npm run manifest                          writes manifests/slack.yaml from the commands there are
  npm run manifest -- --check               fails when it is out of date
  npm run manifest -- --url https://HOST    prints one for signed requests and other workspaces instead`

const HEAD = `# The Slack app as Spinup needs it; paste it at https://api.slack.com/apps → Create New App → From a manifest.
# Made by \`npm run manifest\` from the commands there are: do not edit it by hand.`

const PATH = join(import.meta.dirname, '..', '..', 'manifests', 'slack.yaml')

await runCommand(
  { help: HELP, options: { check: { type: 'boolean' }, url: { type: 'string' } } },
  async ({ values }) => {
    const { check, url } = values
    if (url !== undefined) {
      if (!/^https:\/\/[^/]+/.test(url) || !URL.canParse(url)) {
        throw new SpinupError('configuration', `--url ${url}: it takes an address such as https://spinup.example.com`)
      }
      process.stdout.write(manifestText(url.replace(/\/+$/, '')))
      return
    }
    const text = manifestText(null)
    if (check !== true) {
      await writeFile(PATH, text)
      console.log(`wrote manifests/slack.yaml: /spinup with ${COMMANDS.length} commands`)
      return
    }
    const fresh = (await readFile(PATH, 'utf8').catch(() => '')) === text
    console.log(fresh ? 'manifests/slack.yaml is up to date' : 'manifests/slack.yaml is out of date: npm run manifest')
    if (!fresh) process.exitCode = 1
  },
)

function manifestText(publicUrl: string | null): string {
  return `${HEAD}${toYaml(slackManifest(COMMANDS, publicUrl))}\n`
}
