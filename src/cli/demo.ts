import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { CONSOLE_CHANNEL } from '../chat/console/chat.ts'
import { SpinupError } from '../core/model/error.ts'
import { startDemoBot, type DemoBot } from '../demo/bot.ts'
import { readChats } from '../demo/chats.ts'
import { figuresCard, flawOf, type Figures } from '../demo/figures.ts'
import { ownApp, runApp } from '../demo/own-app.ts'
import { SAMPLE_SITE } from '../demo/site.ts'
import type { Stage } from '../demo/scene.ts'
import { createStory, type Story } from '../demo/story.ts'
import { connectRedis, whenReady } from '../store/connection.ts'
import { createOutbox } from '../store/outbox.ts'
import { createConsoleClient } from './console-client.ts'
import { runCommand } from './run-command.ts'

const HELP = `Plays the story on this machine: a small site makes the front page of Hacker News, and Spinup keeps it up.

  npm run demo                          opens http://127.0.0.1:8080; Ctrl-C ends it all
  npm run demo -- --headless --json     without a browser; one JSON object as the last line
  npm run demo -- --port 9000 --balancer-port 9001
  npm run demo -- --app ../my-site
  npm run demo -- --chat slack-fake,discord-fake

  --headless        end when the story has ended, open no browser
  --json            print the figures as JSON
  --port N          of the web page (8080; 0: any free one)
  --balancer-port N of the site (8081; 0: any free one)
  --app DIR         an app of your own on the droplet instead of the story: DIR has a droplet.json, or a
                    package.json with a start command; the app listens on PORT
  --health PATH     where that app answers 2xx when it can serve (/)
  --chat NAMES      slack-fake, discord-fake, or both: the bot talks to these, too, by their real SDKs
  --data-dir PATH   where the demo lives while it runs (.spinup/demo)

Exit status 1: the story was not convincing, or a step took too long; it says which and why.`

const options = {
  headless: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  port: { type: 'string' },
  'balancer-port': { type: 'string' },
  app: { type: 'string' },
  health: { type: 'string', default: '/' },
  // Every demo goes through DigitalOcean's API now; who still says so is not stopped.
  provider: { type: 'string' },
  chat: { type: 'string' },
  'data-dir': { type: 'string', default: '.spinup/demo' },
} as const

/** Without a page that is open the story begins after so long. */
const AUDIENCE_MS = 20_000

await runCommand({ help: HELP, options }, async ({ values }) => {
  const port = portOf(values.port, values.headless ? 0 : 8080, '--port')
  const balancerPort = portOf(values['balancer-port'], values.headless ? 0 : 8081, '--balancer-port')
  const chats = readChats(values.chat)
  const own = values.app === undefined ? null : await ownApp(values.app, values.health)
  const say = (line: string): void => console.error(line)
  if (values.provider !== undefined) say('--provider is no longer needed: the demo goes through DigitalOcean’s API.')
  const stopping = new AbortController()
  const interrupted = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        stopping.abort(new SpinupError('unavailable', 'stopped'))
        done()
      })
    }
  })
  say('Starting Redis, the bot, the balancer and the first droplet…')
  const bot = await startDemoBot({
    dataDir: resolve(values['data-dir']),
    port,
    balancerPort,
    site: own ?? SAMPLE_SITE,
    chats,
    rail: own === null,
    usualAgentPort: !values.headless,
    env: process.env,
  })
  const stage = { bot, client: createConsoleClient(bot.url, 'demo'), say, signal: stopping.signal }
  const { headless, json } = values
  const story = own === null ? createStory(stage) : null
  try {
    say(`The channel: ${bot.url}   the site: ${bot.balancerUrl}`)
    if (!headless) open(bot.url)
    const shown = story === null ? showApp(stage, json) : tellStory(stage, story, { headless, json })
    await Promise.race([shown, interrupted])
    if (!headless) {
      if (!stopping.signal.aborted)
        say('The bot and the traffic keep running; type in the channel, or press Ctrl-C to end it all.')
      await interrupted
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  } finally {
    say('Ending everything…')
    await story?.stop()
    await bot.stop()
  }
})

async function showApp(stage: Stage, json: boolean): Promise<void> {
  const figures = await runApp(stage)
  if (json) console.log(JSON.stringify(figures))
}

/** Plays the story, and puts its figures into the channel. Where it fails it says why, and the exit status is 1. */
async function tellStory(
  stage: Stage,
  story: Story,
  { headless, json }: { readonly headless: boolean; readonly json: boolean },
): Promise<void> {
  const { bot, say, signal } = stage
  if (!headless) await audience(stage)
  try {
    const figures = await story.play()
    const flaw = flawOf(figures)
    if (json) console.log(JSON.stringify(figures))
    await post(bot, figures)
    tell(figures, say)
    fail(flaw, say)
    story.ended(flaw)
  } catch (error) {
    // With somebody at the page it stays open, and says what went wrong; without, there is nothing to stay for.
    if (signal.aborted || headless || !(error instanceof SpinupError)) throw error
    fail(error.message, say)
    story.ended(error.message.split('\n')[0] ?? '')
  }
  if (!headless) bot.onPage((message) => 'wish' in message && void story.wish(message.wish))
}

function fail(flaw: string | null, say: (line: string) => void): void {
  if (flaw === null) return
  say(`\nThe demo failed. ${flaw}`)
  process.exitCode = 1
}

/** Somebody who opens the page now sees the story from its beginning. */
async function audience({ bot, say, signal }: Stage): Promise<void> {
  say('Open it: the story begins when you do.')
  await new Promise<void>((resolve) => {
    bot.onPage((message) => 'opened' in message && resolve())
    signal.addEventListener('abort', () => resolve())
    setTimeout(resolve, AUDIENCE_MS).unref()
  })
}

/** The figures into the channel, by the same outbox as everything else. */
async function post(bot: DemoBot, figures: Figures): Promise<void> {
  const redis = connectRedis({ path: join(bot.dataDir, 'redis', 'redis.sock') }, { name: 'demo' })
  try {
    await whenReady(redis)
    await createOutbox(redis).put(`console:${CONSOLE_CHANNEL}`, 'demo:figures', figuresCard(figures), Date.now())
  } finally {
    redis.disconnect()
  }
}

function tell(figures: Figures, say: (line: string) => void): void {
  const card = figuresCard(figures)
  say(`\n${card.title}. ${card.text}`)
  for (const field of card.fields) say(`  ${field.name}: ${field.value}`)
}

function portOf(text: string | undefined, otherwise: number, option: string): number {
  if (text === undefined) return otherwise
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new SpinupError('configuration', `${option} ${text}: it takes a port number, e.g. ${option} 9000`)
}

/** Opens the page where there is a desktop to open it on; elsewhere the printed address is enough. */
function open(url: string): void {
  const desktop = process.platform === 'darwin' || process.env['DISPLAY'] !== undefined
  if (!desktop || !process.stdout.isTTY) return
  const child = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
