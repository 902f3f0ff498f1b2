import { html, nothing, render, type TemplateResult } from 'lit-html'
import { isolated } from '../../core/model/clean.ts'
import type { EpisodePage } from '../../core/model/message.ts'
import type { View } from '../../core/model/view.ts'
import { cardOf } from '../../core/cards/cards.ts'
import { createApi } from './api.ts'
import type { CardContext } from './card.ts'
import { copyText } from './copy.ts'
import { follow } from './follow.ts'
import { askForm } from './form.ts'
import { createKept } from './kept.ts'
import { createPresses, createToasts } from './messages.ts'
import { createSettings, enlarge } from './settings.ts'
import type { Place } from './stream.ts'
import { renderView } from './views/render.ts'
import { tick, when } from './when.ts'

const root = document.getElementById('app-page')
const known = document.getElementById('known')?.textContent
// Written by our own server, which types it.
if (root !== null && known !== undefined) createEpisodePage(root, JSON.parse(known ?? '') as EpisodePage)

/** A scale event's own page in `root`: its card as it is now, how it came to be, and what was decided. */
function createEpisodePage(root: HTMLElement, known: EpisodePage): void {
  const { cardId, at, view, decision, timeline } = known
  let place: Place = known.place ?? { epoch: '', cursor: 0 }
  const settings = createSettings(createKept(), () => draw())
  const api = createApi(settings.name)
  const presses = createPresses(() => draw())
  let present = view
  let revision = 0

  const context = (id: string): CardContext => ({
    cardId: id,
    revision,
    at,
    theme: settings.theme(),
    pressState: (action) => presses.state(id, action),
    press: (action) => void press(id, action),
    suggest: (text) => void say(text),
    send: (text) => void say(text),
    enlarge: (chart) => enlarge(chart, settings.theme(), revision),
    copy: (text) => void copyText(text).then((done) => done && toasts.show('Copied', 'good')),
  })

  async function press(id: string, action: string): Promise<void> {
    presses.start(id, action)
    try {
      const sent = action.startsWith('ask:')
        ? await askForm(await api.form(action), (values) => api.press(action, values))
        : await api.press(action).then(() => true)
      if (!sent) return presses.failed(id, action)
      presses.done(id, action)
      // What a line is answered by stands in the channel.
      if (action.startsWith('run:')) location.assign('/')
    } catch (error) {
      presses.failed(id, action)
      toasts.show(error instanceof Error ? error.message : String(error), 'bad')
    }
  }

  async function say(text: string): Promise<void> {
    await api.post(text).catch((error: unknown) => toasts.show(String(error), 'bad'))
    location.assign('/')
  }

  function draw(): void {
    render(page(), root)
    tick(root, Date.now())
  }

  function page(): TemplateResult {
    const shown = present ?? decision
    const title = shown === null ? (timeline[0]?.what ?? 'Spinup') : cardOf(shown).headline
    document.title = `${title} · Spinup`
    return html`<header class="page-top">
        <a class="page-back" href="/"><img src="/assets/icon.svg" alt="" width="26" height="26" />Console</a>
      </header>
      <main class="page episode-page">
        <h1>${isolated(title)}</h1>
        <div class="page-columns">
          ${present === null ? nothing : section('Now', cardId, present)}
          <div class="page-side">
            ${timeline.length === 0 ? nothing : entries()}
            ${decision === null ? nothing : section('Decision', 'decision', decision)}
          </div>
        </div>
      </main>`
  }

  function section(name: string, id: string, shown: View): TemplateResult {
    // Its own page is here.
    const { page: _, ...rest } = shown
    return html`<section>
      <h2>${name}</h2>
      ${renderView(rest as View, context(id))}
    </section>`
  }

  function entries(): TemplateResult {
    return html`<section>
      <h2>Timeline</h2>
      <ol class="timeline">
        ${timeline.map(
          (entry) =>
            html`<li data-outcome=${entry.outcome}>
              ${when(entry.at, 'clock')}
              <div>
                <p>${isolated(entry.what)}</p>
                <small
                  ><bdi>${entry.who}</bdi>${entry.result === '' ? nothing : html` · ${isolated(entry.result)}`}</small
                >
              </div>
            </li>`,
        )}
      </ol>
    </section>`
  }

  const notes = document.createElement('div')
  notes.className = 'toasts'
  notes.role = 'alert'
  document.body.append(notes)
  const toasts = createToasts(notes)
  draw()
  setInterval(() => tick(document, Date.now()), 1000)

  follow(root.dataset['shared'] ?? '', {
    place: () => place,
    behind: () => location.reload(),
    hear(news) {
      if (news.kind === 'log') place = news.log
      if (news.kind !== 'message') return
      const { message } = news
      place = { ...place, cursor: Math.max(place.cursor, message.change) }
      if (message.kind !== 'card' || message.card.id !== cardId) return
      presses.clear(cardId)
      present = message.card.view
      revision = message.card.revision
      draw()
    },
  })
}
