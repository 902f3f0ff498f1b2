import type { AddressInfo } from 'node:net'
import { createCanvas } from '@napi-rs/canvas'
import type { Redis } from 'ioredis'
import { createConsoleChat, type ConsoleChat } from '../../src/chat/console/chat.ts'
import type { ChatHandlers, Completion, Form } from '../../src/chat/chat.ts'
import type { View } from '../../src/core/model/view.ts'
import { createConsolePeople } from '../../src/store/console-people.ts'
import { createConsoleLog } from '../../src/store/console-log.ts'
import { serve, type Served } from './serve.ts'
import type { PageOptions } from '../../src/web/server.ts'
import { quiet } from '../redis.ts'
import { exampleViews } from '../example-views.ts'

/** A console as the bot wires it, with example answers in place of the engine. */
export interface ExampleConsole {
  readonly web: Served
  readonly chat: ConsoleChat
  /** Every action that was pressed and every line that was typed, in order. */
  readonly heard: readonly string[]
  close(): Promise<void>
}

const LINES: readonly Completion[] = [
  { text: '/spinup status', hint: 'the pool now' },
  { text: '/spinup stats', hint: 'a chart and the numbers of a stat' },
  { text: '/spinup pin 3 for 1h', hint: 'holds the count' },
  { text: '/spinup policy', hint: 'shows or changes what you set' },
]

const DENY: Form = {
  title: 'Keep 4, not 3?',
  submit: 'Deny',
  fields: [
    { name: 'reason', label: 'Why?', hint: 'The team sees it.', value: '', optional: false, most: 200 },
    {
      name: 'until',
      label: 'Until',
      hint: '',
      value: 'b',
      optional: true,
      most: 9,
      options: [
        { value: 'a', label: 'Now', detail: '' },
        { value: 'b', label: 'Later', detail: 'much' },
      ],
    },
  ],
}

export async function startExampleConsole(
  redis: Redis,
  options: Partial<Omit<PageOptions & { readonly port: number }, 'console' | 'people'>> = {},
): Promise<ExampleConsole> {
  const heard: string[] = []
  const handlers: ChatHandlers = {
    async command({ text, asker: { actor } }) {
      heard.push(`${actor.id} ${text}`)
      return answersTo(text)
    },
    async action({ action, asker: { actor }, values }) {
      heard.push(`${actor.id} ${action}${values === undefined ? '' : ` ${JSON.stringify(values)}`}`)
      return []
    },
    form: async ({ action }) => (action === 'ask:deny:p1' ? DENY : [exampleViews(Date.now()).error]),
    home: async () => [],
    complete: async (text) => LINES.filter((line) => line.text.startsWith(text)),
  }
  const chat = createConsoleChat({ log: createConsoleLog(redis, { pollMs: 200 }) })
  await chat.start(handlers)
  const web = await serve({
    host: '127.0.0.1',
    port: 0,
    console: chat,
    live: async () => [],
    charts: { png: async (id, theme) => (id === 'gone' ? null : examplePng(theme)) },
    log: quiet,
    people: createConsolePeople(redis),
    secret: 'a secret of the test',
    ...options,
  })
  return { web, chat, heard, close: () => web.close() }
}

function answersTo(text: string): readonly View[] {
  const views = exampleViews(Date.now())
  const word = text.replace(/^\/?spinup\s+/, '').split(/\s/, 1)[0] ?? ''
  if (word === 'boom') throw new TypeError('the engine tripped')
  return Object.entries(views).flatMap(([kind, view]) => (kind === word ? [view] : []))
}

function examplePng(theme: 'dark' | 'light'): Uint8Array {
  const canvas = createCanvas(1350, 750)
  const context = canvas.getContext('2d')
  context.fillStyle = theme === 'dark' ? '#0f1420' : '#ffffff'
  context.fillRect(0, 0, 1350, 750)
  context.strokeStyle = theme === 'dark' ? '#5b8cff' : '#2f5fde'
  context.lineWidth = 5
  context.beginPath()
  for (let x = 40; x < 1310; x += 8)
    context.lineTo(x, 420 - 250 * Math.exp(-(((x - 840) / 140) ** 2)) + 14 * Math.sin(x / 17))
  context.stroke()
  return canvas.toBuffer('image/png')
}

/** The port of a server's URL. */
export function portOf(web: Served): number {
  return (web.app.server.address() as AddressInfo).port
}
