import { COMMANDS } from '../../../src/commands/registry.ts'
import { seeded } from '../../store/example-state.ts'

/** What people, phones and strangers put between the words that are meant. */
const ODD = [
  '', '-', '--', '…', '“', '"', "'", '`', '=', '==', '=x', 'x=', ':', '/', '\\', '|', '&', '<', '>', '%', '.', ',', '0', '00', '-1', '1',
  '2', '3', '9999', '10000', '1e9', '0x10', '٣', '½', '∞', 'NaN', 'null', 'undefined', 'true', '__proto__', 'constructor', 'toString',
  '__proto__=1', 'hasOwnProperty=x', '90m', '2h', '1h30', '1h30m', '90mn', '1.5h', '1,5h', '-5m', '0m', '99999999999999999999h', '31d',
  '2nd', 'm', 'hours', 'until', 'UNTIL', 'for', 'For', 'off', 'OFF', 'on', 'at', 'of', 'Of', 'last', 'LAST', 'to', 'me', 'all', '18:00',
  '7:3', '25:00', '18', '6pm', '9am', '18.30', '24:00', '22:00-07:00', '22-7', '22:00–07:00', 'mon', 'Mondays', 'someday', 'UTC',
  'Europe/Berlin', 'berlin', '../../etc/passwd', '<@U1>', '<@!123>', '<!channel>', '@everyone', '*bold*', '\u202Eabc', '\u0000', '\u200B',
  '\uD800', '🚀', '👩‍👩‍👧', 'ａ', 'é', 'web-1', 'WEB-1', 'web-9', 'target=50%', 'target=', 'Target=1', 'max=6', 'max=6', 'calendar="0 8 * * 1-5',
  'calendar="a b"', 'reason:', '/spinup', 'spinup', 'fleet', 'x'.repeat(300), '9'.repeat(300), '1h'.repeat(200), `${'a '.repeat(100)}`,
] // prettier-ignore

/** Them, and every word of every command. */
export const ODD_WORDS = [
  ...ODD,
  ...COMMANDS.flatMap(({ name, usage, example }) => [name, ...usage.split(' '), ...example.split(' ')]),
]

/** Lines that nobody would type, and right ones with a slip in them; the same for the same seed. */
export function oddLines(count: number, seed: number): readonly string[] {
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const slip = (word: string): string => {
    const at = Math.floor(random() * (word.length + 1))
    const kind = Math.floor(random() * 5)
    if (kind === 0) return word.slice(0, at) + word.slice(at + 1)
    if (kind === 1) return word.slice(0, at) + pick(ODD) + word.slice(at)
    if (kind === 2) return word.toUpperCase()
    if (kind === 3) return word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2)
    return word
  }
  return Array.from({ length: count }, () => {
    const kind = random()
    // A right line with a slip in it, a command with odd words after it, or nothing but odd words.
    if (kind < 0.4) {
      const words = pick(COMMANDS).example.split(' ')
      const at = Math.floor(random() * words.length)
      return words.map((word, index) => (index === at ? slip(word) : word)).join(' ')
    }
    const rest = Array.from({ length: Math.floor(random() * 6) }, () => pick(ODD_WORDS))
    return [...(kind < 0.9 ? [pick(COMMANDS).name] : []), ...rest].join(pick([' ', ' ', '  ', '\t', '\n', ' ']))
  })
}
