import { sizeCatalog } from '../../src/demo/cloud/api/catalog.ts'

/** US dollars for a GB of snapshot and month, as the connect page says it. */
export const SNAPSHOT = 0.06

/** A month of a site: what is always on, and the hours that clones run. */
interface Story {
  readonly name: string
  readonly size: string
  /** Clones beside the droplet, at the most, and how many hours of the month they run. */
  readonly clones: number
  readonly hours: number
  readonly hoursInWords: string
  /** GB of one snapshot; two are kept. */
  readonly snapshot: number
}

const STORIES: readonly Story[] = [
  {
    name: 'A blog that makes the front page three times',
    size: 's-1vcpu-1gb',
    clones: 5,
    hours: 3 * 6,
    hoursInWords: '3 × 6 h',
    snapshot: 3,
  },
  {
    name: 'A shop that is busy on weekdays',
    size: 's-2vcpu-4gb',
    clones: 3,
    hours: 21 * 9,
    hoursInWords: '21 × 9 h',
    snapshot: 12,
  },
]
/** The bot's own droplet. */
const BOT = 's-1vcpu-1gb'

/** The table of docs/cost.md: a month of each story, by the prices of the catalogue. */
export function workedExample(): string {
  const columns = STORIES.map((story) => [story.name, ...rowsOf(story).map(([, value]) => value)])
  const labels = ['', ...rowsOf(STORIES[0]!).map(([label]) => label)]
  const lines = labels.map((label, row) => [label, ...columns.map((column) => column[row] ?? '')])
  return lines.flatMap((cells, at) => [line(cells), ...(at === 0 ? [line(cells.map(() => '---'))] : [])]).join('\n')
}

function rowsOf({ size, clones, hours, hoursInWords, snapshot }: Story): readonly (readonly [string, string])[] {
  const { priceMonthly, priceHourly } = priceOf(size)
  const cloneHours = clones * hours
  const crowd = cloneHours * priceHourly
  const kept = 2 * snapshot * SNAPSHOT
  const bot = priceOf(BOT).priceMonthly
  const all = priceMonthly + crowd + kept + bot
  const fleet = (clones + 1) * priceMonthly
  return [
    ['its droplet, always on', `\`${size}\`: ${money(priceMonthly)}`],
    ['its clones', `${clones} × ${hoursInWords} = ${cloneHours} h at $${priceHourly.toFixed(5)}: ${money(crowd)}`],
    ['two snapshots', `2 × ${snapshot} GB at ${money(SNAPSHOT)}: ${money(kept)}`],
    ['the bot, on a droplet of its own', `\`${BOT}\`: ${money(bot)}`],
    ['**together**', `**${money(all)}**`],
    ['as many droplets all month, without a bot', `${clones + 1} × ${money(priceMonthly)} = ${money(fleet)}`],
    ['one droplet and slow pages', money(priceMonthly)],
  ]
}

function priceOf(slug: string): { readonly priceMonthly: number; readonly priceHourly: number } {
  const found = sizeCatalog().find((size) => size.slug === slug)
  if (found === undefined) throw new Error(`The catalogue has no ${slug}`)
  return found
}

const money = (dollars: number): string => `$${dollars.toFixed(2)}`
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
