import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc')
/** What editors complete a policy (`spinup`) and a visualisation (`spinup/visual`) by; they import nothing. */
const SOURCES = ['src/core/model/policy.ts', 'src/core/visual/visual.ts']
const OPTIONS =
  '--ignoreConfig --declaration --emitDeclarationOnly --target es2024 --module nodenext --strict --rootDir src'

/** Writes `types/` in the folder, which is there; without the compiler, which no bot needs, there are none. */
export async function writeTypes(dist: string): Promise<void> {
  if (!existsSync(COMPILER)) return console.log('left out dist/types: TypeScript is not installed; npm ci brings it')
  const drafts = join(dist, 'declared')
  const words = [COMPILER, ...SOURCES, ...OPTIONS.split(' '), '--outDir', drafts]
  execFileSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' })
  await mkdir(join(dist, 'types'))
  for (const source of SOURCES) {
    const declared = await readFile(join(drafts, source.replace(/^src\//, '').replace(/\.ts$/, '.d.ts')), 'utf8')
    // Types alone: there is nothing in the package to import at run time.
    const text = `${declared.replaceAll(/^export declare /gm, 'declare ')}export {};\n`
    await writeFile(join(dist, 'types', `${basename(source, '.ts')}.d.ts`), text)
  }
  await rm(drafts, { recursive: true })
}
