import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * `node test/beside.ts COMMAND…`: runs shell commands side by side and prints what each said as it ends, so that nothing is
 * mixed; the last one speaks last. Exit status 1 when any failed.
 */
const commands = process.argv.slice(2)
const failed: string[] = []

async function run(command: string): Promise<string> {
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  }
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) failed.push(command)
  return said
}

const runs = commands.map(run)
const last = runs.pop()
await Promise.all(runs.map(async (said) => process.stdout.write(await said)))
if (last !== undefined) process.stdout.write(await last)
for (const command of failed) console.log(`failed: ${command}`)
if (failed.length > 0) process.exitCode = 1
