import type { BotProcess, LogLine } from '../../scenarios/bot-process.ts'
import { say } from '../../scenarios/story.ts'
import { until } from '../../wait.ts'
import type { Exchange } from '../../../src/demo/cloud/api/exchange.ts'
import type { Stage } from '../stage.ts'

/** Types `line` and gives the bot that has this moment saved that it is at `step`; what the step does may or may not be done. */
export async function reach(stage: Stage, line: string, step: string): Promise<BotProcess> {
  let at: BotProcess | null = null
  for (const bot of stage.bots()) {
    bot.onLog((entry: LogLine) => {
      if (entry['msg'] === 'operation step' && entry['step'] === step) at ??= bot
    })
  }
  await say(stage.bot(), line)
  // The first step of an operation is saved by what was typed, not by the runner, who may be past it by now.
  if (FIRST_STEPS.has(step) || (await stage.state()).operations.some((one) => one.step === step))
    return at ?? stage.bot()
  return until(() => at, { what: `step ${step}`, timeoutMs: 40_000 })
}

/** Types `line` and resolves the moment the stand-in has done such a request, and perhaps before the bot hears of it. */
export async function asked(stage: Stage, line: string, such: (exchange: Exchange) => boolean): Promise<void> {
  const seen = new Promise<void>((resolve) => {
    const off = stage.onExchange((exchange) => {
      if (!such(exchange)) return
      off()
      resolve()
    })
  })
  await Promise.all([say(stage.bot(), line), seen])
}

/** An action of that type was asked for. */
export function actionOf(type: string): (exchange: Exchange) => boolean {
  return ({ operation, requestBody }) =>
    operation === 'dropletActions_post' && (requestBody as { readonly type?: unknown }).type === type
}

const FIRST_STEPS: ReadonlySet<string> = new Set(['create', 'drain'])
export const UP = '/spinup up 1'
export const DOWN = '/spinup down 1'
export const REFRESH = '/spinup refresh'
export const OUT_STEPS = ['create', 'boot', 'report', 'health', 'join', 'serve'] as const
export const IN_STEPS = ['drain', 'idle', 'detach', 'destroy'] as const
export const COPY_STEPS = [
  'drain',
  'idle',
  'detach',
  'shutdown',
  'off',
  'copy',
  'start',
  'on',
  'report',
  'health',
  'join',
  'serve',
] as const
