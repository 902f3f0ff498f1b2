import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SpinupError } from '../src/core/model/error.ts'
import { runCommand } from '../src/cli/run-command.ts'
import { cutRelease, nextVersion, notesOf } from './changelog.ts'

const HELP = `Makes a release of what is unreleased in CHANGELOG.md.

  npm run release -- minor      the next version: major, minor, patch, or one as it is
  npm run release -- notes      prints what the version of package.json changes; --version VERSION of another

It writes the version into package.json and package-lock.json, and the changelog's unreleased changes under it. Look at
what it wrote, commit, and push the tag that it names: the workflow Release publishes it.

Versions go by semver: patch, nothing that anybody has to do; minor, something new, or a state that an older bot refuses;
major, something that has to be changed by hand.`

const ROOT = join(import.meta.dirname, '..')
const CHANGELOG = join(ROOT, 'CHANGELOG.md')

await runCommand(
  { help: HELP, options: { version: { type: 'string' } }, words: true },
  async ({ values, positionals }) => {
    const [what, ...more] = positionals
    if (what === undefined || more.length > 0) {
      throw new SpinupError('configuration', 'it takes major, minor, patch, a version such as 1.2.3, or notes.')
    }
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string }
    const changelog = await readFile(CHANGELOG, 'utf8')
    if (what === 'notes') {
      const notes = notesOf(changelog, values.version ?? version)
      if (notes === null) throw new SpinupError('notFound', `CHANGELOG.md has no ${values.version ?? version}.`)
      return console.log(notes)
    }
    const next = nextVersion(version, what)
    if (next === null) throw new SpinupError('configuration', `${what} is no version after ${version}.`)
    const cut = cutRelease(changelog, next, new Date().toISOString().slice(0, 10))
    if (cut === null) throw new SpinupError('conflict', `CHANGELOG.md has nothing unreleased, or ${next} already.`)
    if (next !== version) {
      execFileSync('npm', ['version', next, '--no-git-tag-version', '--ignore-scripts'], { cwd: ROOT, stdio: 'ignore' })
    }
    await writeFile(CHANGELOG, cut)
    console.log(`Spinup ${next} is in package.json and CHANGELOG.md. Look at both, then:`)
    console.log(`  git commit -am 'chore: release ${next}' && git tag v${next} && git push --follow-tags`)
  },
)
