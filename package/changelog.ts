const SEMVER = /^(\d+)\.(\d+)\.(\d+)$/
const UNRELEASED = '## Unreleased'

/** The version that `wish` (`major`, `minor`, `patch`, or one as it is) asks for; null: none that may follow `version`. */
export function nextVersion(version: string, wish: string): string | null {
  const [major = 0, minor = 0, patch = 0] = SEMVER.exec(version)?.slice(1).map(Number) ?? []
  const steps: Readonly<Record<string, string>> = {
    major: `${major + 1}.0.0`,
    minor: `${major}.${minor + 1}.0`,
    patch: `${major}.${minor}.${patch + 1}`,
  }
  if (Object.hasOwn(steps, wish)) return steps[wish]!
  const wished = SEMVER.exec(wish)?.slice(1).map(Number)
  if (wished === undefined) return null
  // The version that package.json begins with was never released.
  const order = [major, minor, patch].map((own, index) => wished[index]! - own).find((by) => by !== 0) ?? 0
  return order < 0 ? null : wish
}

/**
 * The changelog with what is unreleased under `version`, its headings each once, and nothing unreleased above it; null:
 * there is nothing, or the version is there already.
 */
export function cutRelease(changelog: string, version: string, date: string): string | null {
  const [head = '', after] = changelog.split(`${UNRELEASED}\n`)
  if (after === undefined || changelog.includes(`\n## ${version} `)) return null
  const end = after.search(/^## /m)
  const [own, rest] = end < 0 ? [after, ''] : [after.slice(0, end), after.slice(end)]
  const sections = new Map<string, string[]>()
  for (const part of own.split(/^(?=### )/m)) {
    const [heading = '', ...lines] = part.startsWith('### ') ? part.split('\n') : ['', ...part.split('\n')]
    const entries = lines.filter((line) => line.trim() !== '')
    if (entries.length > 0) sections.set(heading, [...(sections.get(heading) ?? []), ...entries])
  }
  if (sections.size === 0) return null
  const text = [...sections].map(([heading, entries]) =>
    [...(heading === '' ? [] : [heading, '']), ...entries].join('\n'),
  )
  return `${head}${UNRELEASED}\n\n## ${version} – ${date}\n\n${text.join('\n\n')}\n${rest === '' ? '' : `\n${rest}`}`
}

/** What a release changes, as the changelog has it; null: it has no such release. */
export function notesOf(changelog: string, version: string): string | null {
  const found = changelog.split(/^## /m).find((part) => part.startsWith(`${version} `))
  return found === undefined ? null : found.slice(found.indexOf('\n')).trim()
}
