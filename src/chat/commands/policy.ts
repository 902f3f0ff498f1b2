import { POLICY_FIELDS } from '../../core/policy/fields.ts'
import { BadWords, type Command } from './command.ts'
import { nearest } from './words.ts'

const NAMES = POLICY_FIELDS.map((field) => field.name)

export const command: Command = {
  name: 'policy',
  summary: 'show the policy, or change settings of it',
  usage: 'policy [NAME=VALUE …]',
  example: '/spinup policy target=50% max=6',
  parse: (words) => {
    const changes: Record<string, string> = {}
    for (const word of words) {
      const [name = '', ...value] = word.split('=')
      if (value.length === 0) throw new BadWords(`Write it as NAME=VALUE, not “${word}”.`, '/spinup policy target=50%')
      if (!NAMES.includes(name)) {
        const near = nearest(name, NAMES)
        throw new BadWords(
          `There is no setting called “${name}”.`,
          near === null ? null : `/spinup policy ${near}=${value.join('=')}`,
        )
      }
      if (changes[name] !== undefined) throw new BadWords(`${name} is given twice.`)
      changes[name] = value.join('=')
    }
    return { kind: 'policy', changes }
  },
  next: (words) =>
    POLICY_FIELDS.filter((field) => !words.some((word) => word.startsWith(`${field.name}=`))).map(
      (field) => field.example,
    ),
}
