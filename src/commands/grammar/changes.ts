import { POLICY_FIELDS } from '../../core/policy/fields.ts'
import { nearest } from '../../core/model/nearest.ts'
import { BadWords } from './bad-words.ts'

const NAMES = POLICY_FIELDS.map((field) => field.name)

/** `NAME=VALUE` words as changes of the policy; `command` is the one to suggest the right line of. */
export function readChanges(words: readonly string[], command: string): Readonly<Record<string, string>> {
  const changes: Record<string, string> = {}
  for (const word of words) {
    const [name = '', ...value] = word.split('=')
    if (value.length === 0) {
      const next = words[words.indexOf(word) + 1]
      const meant = nearest(name, NAMES)
      // `target 50%` is meant as one pair.
      const like = POLICY_FIELDS.find((field) => field.name === meant)?.example ?? 'target=50%'
      const pair = meant === null || next === undefined || next.includes('=') ? like : `${meant}=${next}`
      throw new BadWords(`Write it as NAME=VALUE, not “${word}”.`, `/spinup ${command} ${pair}`)
    }
    if (!NAMES.includes(name)) {
      const near = nearest(name, NAMES)
      throw new BadWords(
        `There is no setting called “${name}”.`,
        near === null ? null : `/spinup ${command} ${near}=${value.join('=')}`,
      )
    }
    if (changes[name] !== undefined) throw new BadWords(`${name} is given twice.`)
    // In quotes, a value may hold spaces.
    changes[name] = value.join('=').replaceAll(/^["“]|["”]$/g, '')
  }
  return changes
}

/** Examples of the settings that these words do not name yet. */
export function nextChanges(words: readonly string[]): readonly string[] {
  return POLICY_FIELDS.filter((field) => !words.some((word) => word.startsWith(`${field.name}=`))).map(
    (field) => field.example,
  )
}
