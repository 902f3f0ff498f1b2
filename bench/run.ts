import { spawn } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'

// `node bench/run.ts NAME [arguments]` runs bench/NAME.ts in a process of its own. Every bench compares what it measures
// with something else in the same run, because figures of different runs or machines say little beside each other.
const [name, ...rest] = process.argv.slice(2)
const file = join(import.meta.dirname, `${name}.ts`)
const names = globSync('*.ts', { cwd: import.meta.dirname })
  .map((each) => each.replace(/\.ts$/, ''))
  .filter((each) => each !== 'run' && each !== 'measure')
  .toSorted()

if (name === undefined || !/^[\w-]+$/.test(name) || !existsSync(file)) {
  process.stderr.write(`Usage: node bench/run.ts NAME, where NAME is one of: ${names.join(', ')}\n`)
  process.exitCode = 1
} else {
  const child = spawn(process.execPath, [file, ...rest], { stdio: 'inherit' })
  child.on('exit', (code) => (process.exitCode = code ?? 1))
}
