import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { COMMANDS } from '../commands/registry.ts'
import { slackManifest, toYaml } from '../chat/slack/manifest.ts'

const USAGE = `npm run manifest                          writes manifests/slack.yaml from the commands there are
npm run manifest -- --check               fails when it is out of date
npm run manifest -- --url https://HOST    prints one for signed requests and other workspaces instead`

const HEAD = `# The Slack app as Spinup needs it; paste it at https://api.slack.com/apps → Create New App → From a manifest.
# Made by \`npm run manifest\` from the commands there are: do not edit it by hand.`

/** Writes the manifest that a Slack app is made from. Exit status 1: out of date (`--check`) or wrong words. */
async function main(words: readonly string[]): Promise<number> {
  const path = join(import.meta.dirname, '..', '..', 'manifests', 'slack.yaml')
  const [option, url] = words
  if (option === undefined || option === '--check') {
    const text = manifestText(null)
    if (option === undefined) {
      await writeFile(path, text)
      console.log(`wrote manifests/slack.yaml: /spinup with ${COMMANDS.length} commands`)
      return 0
    }
    const fresh = (await readFile(path, 'utf8').catch(() => '')) === text
    console.log(fresh ? 'manifests/slack.yaml is up to date' : 'manifests/slack.yaml is out of date: npm run manifest')
    return fresh ? 0 : 1
  }
  if (option === '--url' && url !== undefined && /^https:\/\/[^/]+/.test(url) && URL.canParse(url)) {
    process.stdout.write(manifestText(url.replace(/\/+$/, '')))
    return 0
  }
  console.error(USAGE)
  return 1
}

function manifestText(publicUrl: string | null): string {
  return `${HEAD}${toYaml(slackManifest(COMMANDS, publicUrl))}\n`
}

process.exitCode = await main(process.argv.slice(2))
