import { MessageFlags, type APIMessageTopLevelComponent, type RawFile } from 'discord.js'
import type { Logger } from 'pino'
import { messageOf } from '../../core/model/error.ts'
import type { ChartRef, View } from '../../core/model/view.ts'
import { cardOf } from '../../core/cards/cards.ts'
import type { ChartPictures } from '../chat.ts'
import { checkDiscordMessage, LIMITS } from './limits.ts'
import { bare } from './render/escape.ts'
import { renderDiscord } from './render/compose.ts'

/** What shortened custom ids stand for, kept for as long as a message may be pressed. */
export interface LongActions {
  keep(actions: ReadonlyMap<string, string>): Promise<void>
  get(id: string): Promise<string | null>
}

/** One message, with the files it shows. */
export interface Message {
  readonly body: Body
  readonly files: RawFile[]
}

/** A message ready to be sent. */
export interface Outgoing extends Message {
  readonly audience: 'person' | 'channel'
  /** The same in words, for when Discord refuses it. */
  readonly plain: Body
  readonly thread: (Message & { readonly name: string }) | null
}

/** It, and its words alone for where Discord refuses it, or its pictures. */
export function versionsOf({ body, files, plain }: Outgoing): readonly Message[] {
  return [
    { body, files },
    { body: plain, files: [] },
  ]
}

/** The chart of a view, by which its picture is known again; empty: there is none. */
export function pictureIn(view: View): string {
  return chartOf(view)?.id ?? ''
}

/** Of a message with Components V2. */
export interface Body {
  readonly flags: number
  readonly components: readonly APIMessageTopLevelComponent[]
  readonly allowed_mentions: { readonly parse: readonly never[] }
  readonly attachments: readonly { readonly id: string; readonly filename: string; readonly description?: string }[]
}

/** Draws views: pictures first, then what refers to them; what long buttons stand for is kept before it is sent. */
export function createOutgoing(options: {
  readonly charts: ChartPictures
  readonly longActions: LongActions
  readonly now: () => number
  readonly log: Logger
}): (view: View) => Promise<Outgoing> {
  async function pictureOf(chart: ChartRef): Promise<Uint8Array | null> {
    try {
      return await options.charts.png(chart.id, 'dark')
    } catch (error) {
      options.log.warn(
        { chart: chart.id, reason: messageOf(error) },
        'no picture of a chart; its text is shown instead',
      )
      return null
    }
  }
  return async (view) => {
    const chart = chartOf(view)
    const png = chart === null ? null : await pictureOf(chart)
    const picture = chart === null || png === null ? null : { chart, png }
    const images = new Map(picture === null ? [] : [[picture.chart.id, FILE]])
    const drawn = renderDiscord(view, { now: options.now(), images })
    if (drawn.longActions.size > 0) {
      // A button whose action is not known says so when it is pressed; the rest is worth showing all the same.
      await options.longActions.keep(drawn.longActions).catch((error: unknown) => {
        options.log.warn({ reason: messageOf(error) }, 'the actions of buttons could not be kept')
      })
    }
    const main = withPicture(drawn.components, picture)
    return {
      audience: cardOf(view).audience,
      ...main,
      plain: wordsOnly(drawn.plain),
      thread:
        drawn.thread === null ? null : { name: drawn.thread.name, ...withPicture(drawn.thread.components, picture) },
    }
  }
}

const FILE = 'chart.png'

function chartOf(view: View): ChartRef | null {
  return 'chart' in view ? view.chart : null
}

/** The file goes where it is shown, and nowhere else. */
function withPicture(
  components: readonly APIMessageTopLevelComponent[],
  picture: { readonly chart: ChartRef; readonly png: Uint8Array } | null,
): Message {
  if (picture === null || !JSON.stringify(components).includes(`"attachment://${FILE}"`)) {
    return { body: bodyOf(components), files: [] }
  }
  const { chart, png } = picture
  const description = bare(`${chart.title}. ${chart.alt}`, LIMITS.mediaDescription)
  return {
    body: bodyOf(components, [{ id: '0', filename: FILE, description }]),
    files: [{ name: FILE, data: Buffer.from(png), contentType: 'image/png' }],
  }
}

function bodyOf(components: readonly APIMessageTopLevelComponent[], attachments: Body['attachments'] = []): Body {
  // Nobody is ever called by a card, whatever a name or a reason holds.
  return { flags: MessageFlags.IsComponentsV2, components, allowed_mentions: { parse: [] }, attachments }
}

/** A text display, not a content: a message that has Components V2 never loses them. */
function wordsOnly(plain: string): Body {
  return bodyOf([{ type: 10, content: plain || '…' }])
}

/** For an answer, which has no thread: what would be in it follows in the same message, or in another one. */
export function unthreaded(message: Outgoing): readonly Outgoing[] {
  const { thread, ...main } = message
  if (thread === null) return [message]
  const components = [...main.body.components, ...thread.body.components]
  if (checkDiscordMessage({ components }).length === 0) {
    const attachments = [...main.body.attachments, ...thread.body.attachments].slice(0, 1)
    const files = [...main.files, ...thread.files].slice(0, 1)
    return [{ ...main, body: { ...main.body, components, attachments }, files, thread: null }]
  }
  return [
    { ...message, thread: null },
    { ...main, body: thread.body, files: thread.files, thread: null },
  ]
}
