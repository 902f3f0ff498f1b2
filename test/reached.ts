import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { filesOf, SUITES, type Suite } from './suites/suites.ts'

// The quick tests that what was changed since the last commit reaches, for `npm run check`; `npm run test:unit` runs all of them.
const root = join(import.meta.dirname, '..')
/** They look at every file. */
const ALWAYS = ['test/architecture.test.ts', 'test/suites.test.ts', 'test/words.test.ts']

/** Those of `tests` that import one of `changed`, whichever way; paths are from the project's folder on. */
export async function reached(tests: readonly string[], changed: readonly string[]): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: tests.map((test) => `import './${test}'`).join('\n'), resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  })
  const importers = new Map<string, string[]>()
  for (const [path, { imports }] of Object.entries(metafile.inputs)) {
    for (const one of imports) importers.set(one.path, [...(importers.get(one.path) ?? []), path])
  }
  const found = new Set(changed)
  // A set is gone through with what is added on the way.
  for (const path of found) for (const importer of importers.get(path) ?? []) found.add(importer)
  return tests.filter((test) => found.has(test))
}

function changedFiles(): readonly string[] {
  const git = (...words: string[]): readonly string[] =>
    execFileSync('git', [...words, '-z'], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter(Boolean)
  return [...git('diff', '--name-only', 'HEAD'), ...git('ls-files', '--others', '--exclude-standard')]
}

async function run(): Promise<void> {
  const suites = (Object.keys(SUITES) as Suite[]).filter((suite) => suite.startsWith('fast-'))
  const tests = (await Promise.all(suites.map(filesOf))).flat().map((file) => `test/${file}`)
  const chosen = new Set([...ALWAYS, ...(await reached(tests, changedFiles()))])
  console.log(
    `${chosen.size} of ${tests.length} quick test files are reached by what was changed; all: npm run test:unit`,
  )
  const words = ['--test', '--test-isolation=none', '--test-force-exit', '--test-reporter=dot', ...chosen]
  const child = spawn(process.execPath, words, { cwd: root, stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null]
  process.exitCode = code ?? 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run()
