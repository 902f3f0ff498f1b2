import { html, render } from 'lit-html'
import { isolated } from '../../core/model/clean.ts'
import type { ChartTheme } from '../../core/model/chart.ts'
import type { StatsPool } from '../../core/model/stats-page.ts'
import { statName } from '../../core/model/words.ts'
import type { Card, View } from '../../core/model/view.ts'
import type { Api } from '../console/api.ts'
import type { CardContext } from '../console/card.ts'
import { createPresses, type Toasts } from '../console/messages.ts'
import { enlarge } from '../console/settings.ts'
import { get } from './data.ts'
import { renderView } from '../console/views/render.ts'

/** Lets a stat scale the pool, once somebody has seen what that would have meant. */
export interface Scaling {
  /** Replays the last week with a target for the stat, and shows it. */
  propose(stat: string): Promise<void>
  /** A card came to the channel: it may be the one that is waited for. */
  received(card: Card): void
}

export function createScaling(options: {
  readonly api: Api
  readonly name: () => string
  readonly pool: () => StatsPool
  readonly toasts: Toasts
  readonly theme: () => ChartTheme
}): Scaling {
  const { api, toasts } = options
  const dialog = document.createElement('dialog')
  dialog.className = 'form scaling'
  dialog.setAttribute('aria-labelledby', 'scaling-title')
  document.body.append(dialog)
  const presses = createPresses(() => draw())
  let title = ''
  let shown: View | null = null
  let cardId = ''
  let trouble = ''
  let waiting = false

  function draw(): void {
    render(
      html`<div class="scaling-body">
        <h2 id="scaling-title">${isolated(title)}</h2>
        <p role="status">
          ${
            trouble !== ''
              ? trouble
              : shown === null
                ? html`<span class="spinner"></span> Replaying the last week with several targets…`
                : 'This is what the last week would have been like. Nothing changes until you apply it.'
          }
        </p>
        ${shown === null ? '' : renderView(shown, context())}
        <div class="actions"><button type="button" class="button" @click=${() => dialog.close()}>Close</button></div>
      </div>`,
      dialog,
    )
  }

  function context(): CardContext {
    const say = (text: string): void => void api.post(text).catch(failed)
    return {
      cardId,
      revision: 1,
      at: Date.now(),
      theme: options.theme(),
      pressState: (action) => presses.state(cardId, action),
      press: (action) => void press(action),
      suggest: say,
      send: say,
      enlarge: (chart) => enlarge(chart, options.theme(), 1),
      copy: () => undefined,
    }
  }

  /** By the very command that `/spinup policy` is: approvers, protection and undo are as for that. */
  async function press(action: string): Promise<void> {
    presses.start(cardId, action)
    try {
      await api.press(action)
      presses.done(cardId, action)
      toasts.show('Done; the answer is in the console’s channel.', 'good')
    } catch (error) {
      presses.failed(cardId, action)
      failed(error)
    }
  }

  function take(view: View, id: string): void {
    waiting = false
    cardId = id
    if (view.kind === 'whatif') shown = view
    else trouble = view.kind === 'error' ? view.message : view.kind === 'answer' ? `${view.title}. ${view.text}` : ''
    draw()
  }

  function failed(error: unknown): void {
    toasts.show(error instanceof Error ? error.message : String(error), 'bad')
  }

  return {
    async propose(stat) {
      const { name } = options.pool()
      title = `Scale ${name} by ${statName(stat)}?`
      ;[shown, trouble, waiting] = [null, '', true]
      draw()
      dialog.showModal()
      try {
        const text = `/spinup whatif ${name} stat=${stat} target=best last 7d`
        const { views } = await get<{ readonly views: readonly View[] }>('/api/console/messages', undefined, {
          text,
          name: options.name(),
        })
        const [view] = views
        // A replay that takes a while says so, and its card comes to the channel.
        if (view !== undefined && !(view.kind === 'answer' && view.title.startsWith('Replaying'))) take(view, 'answer')
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error)
        waiting = false
        draw()
      }
    },
    received({ id, view }) {
      if (waiting && id.startsWith('whatif:')) take(view, id)
    },
  }
}
