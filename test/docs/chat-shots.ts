import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NOW } from '../chat/slack/render/variants.ts'
import { findChromium, launchChromium } from '../web/chromium.ts'
import { ROOT } from '../../package/docs/pages.ts'

/**
 * The pictures of docs/slack.md and docs/discord.md: the very messages of the golden files, which tests hold, drawn about as
 * those platforms draw them.
 *
 *   node test/docs/chat-shots.ts      needs chromium and fonts-noto-color-emoji
 */
const CARDS = ['status', 'proposal', 'episode'] as const

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const each = <T>(all: readonly T[] | undefined, draw: (one: T) => string): string => (all ?? []).map(draw).join('')
const golden = async <T>(folder: string, name: string): Promise<T> =>
  JSON.parse(await readFile(join(ROOT, 'test/chat', folder, `${name}.golden.json`), 'utf8')) as T

/** The parts of Slack's blocks that these cards have. */
interface Block {
  readonly type: string
  readonly text?: Text
  readonly fields?: readonly Text[]
  readonly elements?: readonly Block[]
  readonly fallback?: string
  readonly style?: 'primary' | 'danger' | { readonly bold?: boolean; readonly code?: boolean }
}
type Text = string | { readonly text: string }

const textOf = (text: Text | undefined): string => escape(typeof text === 'object' ? text.text : (text ?? ''))
const mrkdwn = (text: Text): string => textOf(text).replaceAll(/\*([^*]+)\*/g, '<b>$1</b>')

function slackBlock({ type, text, fields, elements, fallback, style }: Block): string {
  switch (type) {
    case 'header':
      return `<h3>${textOf(text)}</h3>`
    case 'section':
      return `<div class="fields">${each(fields, (field) => `<p>${mrkdwn(field)}</p>`)}</div>`
    case 'rich_text_preformatted':
      return `<pre>${each(elements, slackBlock)}</pre>`
    case 'context':
      return `<p class="small">${each(elements, (one) => (one.text === undefined ? slackBlock(one) : textOf(one.text)))}</p>`
    case 'actions':
      return `<p class="actions">${each(elements, slackBlock)}</p>`
    case 'button':
      return `<button class="${typeof style === 'string' ? style : ''}">${textOf(text)}</button>`
    case 'date':
      return escape(fallback ?? '')
    case 'text':
      return typeof style === 'object' && style.bold === true ? `<b>${textOf(text)}</b>` : textOf(text)
    default:
      return `<p>${each(elements, slackBlock)}</p>`
  }
}

/** The parts of Discord's components that these cards have, by their numbers there. */
interface Component {
  readonly type: number
  readonly content?: string
  readonly accent_color?: number
  readonly components?: readonly Component[]
  readonly label?: string
  readonly style?: number
  readonly placeholder?: string
}

/** As Discord says a time, at the moment of the golden files. */
const relative = (at: number): string => {
  const seconds = Math.round((at - NOW) / 1000)
  if (seconds < 0) return `${-seconds} seconds ago`
  return seconds < 90 ? `in ${seconds} seconds` : `in ${Math.round(seconds / 60)} minutes`
}

const markdown = (text: string): string =>
  escape(text)
    .replaceAll(/```\n([\s\S]*?)\n```/g, '<pre>$1</pre>')
    .replaceAll(/&lt;t:(\d+):(\w)&gt;/g, (_, at: string, form: string) =>
      form === 'R' ? relative(Number(at) * 1000) : new Date(Number(at) * 1000).toISOString().slice(11, 16),
    )
    .replace(/^### (.*)$/m, '<h3>$1</h3>')
    .replace(/^-# (.*)$/m, '<span class="small">$1</span>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<b>$1</b>')

function discordComponent({ type, content, accent_color, components, label, style, placeholder }: Component): string {
  const inside = each(components, discordComponent)
  if (type === 17) {
    const colour = (accent_color ?? 0).toString(16).padStart(6, '0')
    return `<div class="box" style="border-left-color: #${colour}">${inside}</div>`
  }
  if (type === 10) return `<div class="words">${markdown(content ?? '')}</div>`
  if (type === 2) return `<button class="style-${style}">${escape(label ?? '')}</button>`
  if (type === 3) return `<span class="select">${escape(placeholder ?? '')} ⌄</span>`
  return `<p class="actions">${inside}</p>`
}

const message = (inside: string): string =>
  `<article><img src="data:image/svg+xml;base64,${icon}" width="40" height="40"><div><b>Spinup</b> <i>APP</i> <time>12:00</time>${inside}</div></article>`

const STYLE = `
body { margin: 0; padding: 16px 20px 2px; width: 680px; font: 15px/1.46 Inter, system-ui, 'Noto Color Emoji', sans-serif; }
article { display: flex; gap: 12px; margin-bottom: 18px; } article > div { flex: 1; } article > img { border-radius: 8px; }
h3 { margin: 4px 0; font-size: 18px; } p { margin: 6px 0; white-space: pre-line; }
i { font-style: normal; font-size: 10px; padding: 1px 4px; border-radius: 3px; } time { font-size: 12px; opacity: .7; }
pre { margin: 6px 0; padding: 8px 10px; border-radius: 5px; font: 12.5px/1.5 ui-monospace, 'DejaVu Sans Mono', monospace; }
.fields { display: grid; grid-template-columns: 1fr 1fr; } .fields p { margin: 3px 0; } .small { font-size: 13px; opacity: .75; }
button, .select { font: 600 13px Inter, system-ui, sans-serif; padding: 7px 12px; margin-right: 8px; border-radius: 7px; }`
const LOOKS = {
  slack: `body { background: #fff; color: #1d1c1d; } i { background: #e8e8e8; }
pre { background: #f8f8f8; border: 1px solid #ddd; } button { background: #fff; border: 1px solid #bbb; color: inherit; }
.primary { background: #007a5a; border-color: #007a5a; color: #fff; } .danger { border-color: #e01e5a; color: #c2123f; }`,
  discord: `body { background: #313338; color: #dbdee1; } i { background: #5865f2; color: #fff; } article > img { border-radius: 50%; }
.box { margin-top: 4px; padding: 12px 16px; border-left: 4px solid; border-radius: 5px; background: #2b2d31; }
.words { margin: 4px 0; white-space: pre-line; } pre { background: #1e1f22; }
button { border: 0; background: #4e5058; color: #fff; } .style-3 { background: #248046; } .style-4 { background: #da373c; }
.select { display: inline-block; width: 60%; background: #1e1f22; font-weight: 400; }`,
}

const chromium = findChromium()
if (chromium === undefined) throw new Error('Install chromium first')
const icon = (await readFile(join(ROOT, 'src/web/console/icon.svg'))).toString('base64')
const slack = CARDS.map(async (name) => {
  const { blocks } = await golden<{ readonly blocks: readonly Block[] }>('slack/render', name)
  return message(each(blocks, slackBlock))
})
const discord = CARDS.map(async (name) => {
  const { components } = await golden<{ readonly components: readonly Component[] }>('discord/render/goldens', name)
  return message(each(components, discordComponent))
})
const browser = await launchChromium(chromium)
try {
  for (const [name, cards] of Object.entries({ slack, discord } as const)) {
    const page = await browser.newPage({ viewport: { width: 720, height: 200 }, deviceScaleFactor: 1.5 })
    const look = LOOKS[name === 'slack' ? 'slack' : 'discord']
    await page.setContent(`<style>${STYLE}${look}</style>${(await Promise.all(cards)).join('')}`)
    await page.screenshot({ path: join(ROOT, 'docs', `${name}.png`), fullPage: true })
  }
} finally {
  await browser.close()
}
