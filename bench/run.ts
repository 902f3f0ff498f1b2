import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../src/cli/run-command.ts'
import { SpinupError } from '../src/core/model/error.ts'

const names = globSync('*.ts', { cwd: import.meta.dirname })
  .map((each) => each.replace(/\.ts$/, ''))
  .filter((each) => each !== 'run' && each !== 'measure')
  .toSorted()

const HELP = `Compares what it measures with something else in the same run, because figures of different runs or machines say little
beside each other.

  npm run bench -- NAME [arguments]

NAME is one of: ${names.join(', ')}`

await runCommand({ help: HELP, words: true }, ({ positionals: [name, ...rest] }) => {
  if (name === undefined || !names.includes(name)) {
    throw new SpinupError('configuration', `it takes the name of a bench: ${names.join(', ')}`)
  }
  const file = join(import.meta.dirname, `${name}.ts`)
  const child = spawn(process.execPath, [file, ...rest], { stdio: 'inherit' })
  child.on('exit', (code) => (process.exitCode = code ?? 1))
})
