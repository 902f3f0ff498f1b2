import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { CONSOLE_CHANNEL } from '../../src/chat/console/chat.ts'
import { plain } from '../../src/chat/console/plain.ts'
import { checkDiscordMessage, LIMITS } from '../../src/chat/discord/limits.ts'
import { renderDiscord } from '../../src/chat/discord/render/compose.ts'
import { checkSlackMessage } from '../../src/chat/slack/limits.ts'
import { renderSlack } from '../../src/chat/slack/render/render.ts'
import type { View, ViewKind } from '../../src/core/model/view.ts'
import { cases } from '../chat/discord/render/cases.ts'
import { drawn, goldenPath } from '../chat/discord/render/golden.ts'
import { exampleLive, exampleViews } from '../example-views.ts'
import { startTestRedis } from '../redis.ts'
import { findChromium, launchChromium } from '../web/chromium.ts'
import { startExampleConsole } from '../web/example-console.ts'

/** What is wrong with a view on a platform; null: it renders within the limits, and as its golden file has it. */
export type Cell = string | null

export const NOW = Date.UTC(2026, 0, 15, 12)
/** One chart has been uploaded, the others are told in words; as the golden files have it. */
const images = (file: string): ReadonlyMap<string, string> => new Map([['shop.episode', file]])

const chat = join(import.meta.dirname, '../chat')

export function onSlack(kind: ViewKind, view: View): Cell {
  const message = renderSlack(view, { now: NOW, images: images('F0614TZR7') })
  const golden = join(chat, `slack/render/${kind}.golden.json`)
  return compare(message, golden) ?? first(checkSlackMessage(message))
}

export function onDiscord(kind: ViewKind): Cell {
  const one = cases().get(kind)
  if (one === undefined) return 'not drawn in any test'
  const { components, thread, plain } = renderDiscord(one.view, { now: NOW, images: one.images })
  if (one.view.kind !== kind) return `is drawn from a view of kind ${one.view.kind}`
  if (plain.length === 0 || plain.length > LIMITS.content) return `has ${plain.length} characters in words`
  return compare(drawn(one), goldenPath(kind)) ?? first(checkDiscordMessage({ components, thread }))
}

export function asPlain(kind: ViewKind, view: View): Cell {
  const sections = readFileSync(join(chat, 'console/plain.golden.txt'), 'utf8').split(/^--- /m)
  const golden = sections.find((section) => section.startsWith(`${kind}\n`))?.slice(kind.length + 1)
  if (golden === undefined) return 'no golden text'
  return plain(view, NOW) === golden.replace(/\n$/, '') ? null : 'differs from its golden text'
}

/** Every view as the page draws it in a real browser; null: there is none. */
export async function onConsole(): Promise<ReadonlyMap<ViewKind, Cell> | null> {
  const chromium = findChromium()
  if (chromium === undefined) return null
  const redis = await startTestRedis()
  const example = await startExampleConsole(await redis.connect(), { live: async () => [exampleLive(NOW)] })
  const browser = await launchChromium(chromium)
  try {
    const views = exampleViews(NOW)
    for (const [kind, view] of Object.entries(views)) {
      await example.chat.show(CONSOLE_CHANNEL, { id: kind, revision: 1, at: NOW, view })
    }
    const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce' })
    const page = await context.newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    await page.clock.setFixedTime(NOW)
    await page.goto(example.web.url)
    await page.locator('#channel[aria-busy=false]').waitFor()
    // The first look has the newest; what is before them follows.
    for (const kind of Object.keys(views)) await page.locator(`[data-kind=${kind}]`).first().waitFor()
    const cells = new Map<ViewKind, Cell>()
    const drawn: Record<string, string> = {}
    for (const kind of Object.keys(views) as ViewKind[]) {
      const card = page.locator(`[data-kind=${kind}]`)
      const count = await card.count()
      const text = count === 1 ? (await card.innerText()).replaceAll(/[ \t]+/g, ' ').trim() : ''
      drawn[kind] = text
      cells.set(kind, count === 1 ? (first(problems) ?? null) : `${count} cards`)
    }
    const golden = join(import.meta.dirname, 'console.golden.json')
    // To take what is drawn as what is expected: UPDATE_GOLDEN=1, then look at the difference.
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, `${JSON.stringify(drawn, null, 2)}\n`)
    const expected = JSON.parse(readFileSync(golden, 'utf8')) as Readonly<Record<string, string>>
    for (const [kind, cell] of cells) {
      if (cell === null && drawn[kind] !== expected[kind]) cells.set(kind, `reads “${drawn[kind]}”`)
    }
    return cells
  } finally {
    await browser.close()
    await example.close()
    await redis.stop()
  }
}

function compare(made: unknown, golden: string): Cell {
  if (!existsSync(golden)) return 'no golden file'
  const expected: unknown = JSON.parse(readFileSync(golden, 'utf8'))
  return isDeepStrictEqual(JSON.parse(JSON.stringify(made)), expected) ? null : 'differs from its golden file'
}

function first(violations: readonly string[]): Cell {
  return violations[0] ?? null
}
