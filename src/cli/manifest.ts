import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LISTED } from '../commands/registry.ts'
import { slackManifest, toYaml } from '../chat/slack/manifest.ts'
import { exampleFile } from '../config/variables.ts'
import { SpinupError } from '../core/model/error.ts'
import { file } from '../places.ts'
import { policyFileSchema } from '../web/api/policy-schema.ts'
import { inItsWords, runCommand } from './run-command.ts'

const HELP = `Makes the manifest that a Slack app is made from, the example of a .env file, and the schema of policy files.

  npm run manifest                          writes manifests/slack.yaml from the commands there are,
                                            manifests/example.env from the variables there are, and
                                            manifests/policy.schema.json from the settings there are
  npm run manifest -- --check               fails when one is out of date
  npm run manifest -- --url https://HOST    prints one for signed requests and other workspaces instead`

const HEAD = `# The Slack app as Spinup needs it; paste it at https://api.slack.com/apps → Create New App → From a manifest.
# Made by \`npm run manifest\` from the commands there are: do not edit it by hand.`

const FOLDER = file('manifests')

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
    const made = {
      'slack.yaml': manifestText(null),
      'example.env': exampleFile(),
      'policy.schema.json': `${JSON.stringify(policyFileSchema(), null, 2)}\n`,
    }
    for (const [name, text] of Object.entries(made)) {
      const path = join(FOLDER, name)
      const fresh = (await readFile(path, 'utf8').catch(() => '')) === text
      if (check !== true) await writeFile(path, text)
      else if (!fresh) process.exitCode = 1
      const state = fresh
        ? 'is up to date'
        : check === true
          ? inItsWords('is out of date: npm run manifest')
          : 'is written'
      console.log(`manifests/${name} ${state}`)
    }
  },
)

function manifestText(publicUrl: string | null): string {
  return `${HEAD}${toYaml(slackManifest(LISTED, publicUrl))}\n`
}
