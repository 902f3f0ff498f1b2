import { html, nothing, type TemplateResult } from 'lit-html'
import type { ChartTheme } from '../../core/model/chart.ts'
import { MOST_STATS, type StatsFirst, type StatsPool } from '../../core/model/stats-page.ts'
import { statName, statTitle } from '../../core/model/words.ts'
import { icon, type IconName } from '../console/icons.ts'
import { PRESETS, type Behind, type View } from './view.ts'

/** What the head of the page shows, and what its buttons do. */
export interface Controls {
  readonly known: StatsFirst
  readonly pool: StatsPool
  readonly view: View
  readonly theme: ChartTheme
  readonly connected: boolean
  readonly busy: boolean
  readonly rangeWords: string
  /** What was wrong with a range that was typed. */
  readonly trouble: string
  /** null: nothing in view was ever reported, so there is nothing to take away or to post. */
  readonly files: { readonly csv: string; readonly json: string } | null
  readonly wall: string
  readonly canGoBack: boolean
  /** What a statistic is looked for by. */
  readonly find: string
  show(change: Partial<View>): void
  typed(text: string): void
  look(find: string): void
  move(by: { readonly factor?: number; readonly share?: number }): void
  back(): void
  post(): void
  copy(): void
  toggleTheme(): void
}

const BEHIND: readonly (readonly [Behind, string])[] = [
  ['none', 'Nothing behind'],
  ['day', 'Yesterday behind'],
  ['week', 'Last week behind'],
]

/** The way back, and how the page looks. */
export function top(c: Controls): TemplateResult {
  return html`<header class="stats-top">
    <a class="page-back" href="/"><img src="/assets/icon.svg" alt="" width="26" height="26" />Console</a>
    <span class="connection" data-up=${c.connected} role="status">${c.connected ? 'Live' : 'Offline'}</span>
    <a class="icon-button" href=${c.wall} aria-label="Wall view" title="Wall view">${icon('wall')}</a>
    ${iconButton(c.theme === 'dark' ? 'sun' : 'moon', `Switch to ${c.theme === 'dark' ? 'light' : 'dark'} theme`, c.toggleTheme)}
  </header>`
}

/** Which pool, range and statistics, and what can be done with the view. */
export function bars(c: Controls): TemplateResult {
  return html`<div class="stats-bar">
      <h1>
        <span class="hidden">Statistics of</span>
        ${
          c.known.pools.length > 1
            ? html`<select aria-label="Pool" @change=${(event: Event) => c.show({ pool: valueOf(event), solo: null })}>
                ${c.known.pools.map(({ name }) => html`<option value=${name} ?selected=${name === c.view.pool}>${name}</option>`)}
              </select>`
            : html`<bdi>${c.pool.name}</bdi>`
        }
      </h1>
      <p class="range-words" aria-live="polite">
        ${c.rangeWords} ${c.busy ? html`<span class="spinner" role="img" aria-label="Loading"></span>` : nothing}
      </p>
      <div class="stats-share">
        <button type="button" class="button primary" id="post" ?disabled=${c.files === null} @click=${c.post}>
          ${icon('send')}Post to channel
        </button>
        <button type="button" class="button" id="copy" @click=${c.copy}>${icon('copy')}Copy link</button>
        ${
          c.files === null
            ? nothing
            : html`<a class="button" download href=${c.files.csv}>CSV</a>
                <a class="button" download=${`${c.pool.name}.json`} href=${c.files.json}>JSON</a>`
        }
      </div>
    </div>
    ${ranges(c)}
    <div class="stats-picks">${statPicker(c)} ${looks(c)}</div>`
}

function ranges(c: Controls): TemplateResult {
  const { range } = c.view
  return html`<div class="stats-ranges" role="group" aria-label="Range">
    <span class="chips">
      ${PRESETS.map(
        ([name, ms]) =>
          html`<button
            type="button"
            class="chip"
            aria-label="Last ${name}"
            aria-pressed=${range.kind === 'last' && range.ms === ms}
            @click=${() => c.show({ range: { kind: 'last', ms } })}
          >
            ${name}
          </button>`,
      )}
    </span>
    <form class="range-form" @submit=${(event: SubmitEvent) => typedIn(event, c)}>
      <label class="hidden" for="range">Range, in words</label>
      <input
        id="range"
        name="range"
        type="text"
        autocomplete="off"
        placeholder="yesterday 14:00–15:00"
        maxlength="100"
        aria-invalid=${c.trouble !== ''}
        aria-describedby="range-trouble"
      />
      <button type="submit" class="button">Go</button>
    </form>
    <span class="chips">
      ${iconButton('chevron', 'Earlier', () => c.move({ share: -0.5 }), 'earlier')}
      ${iconButton('chevron', 'Later', () => c.move({ share: 0.5 }), 'later')}
      <button type="button" class="chip" @click=${() => c.move({ factor: 0.5 })}>Zoom in</button>
      <button type="button" class="chip" @click=${() => c.move({ factor: 2 })}>Zoom out</button>
      <button type="button" class="chip" ?disabled=${!c.canGoBack} @click=${c.back}>Back</button>
    </span>
    <p class="form-trouble" id="range-trouble" role="alert">${c.trouble}</p>
  </div>`
}

function typedIn(event: SubmitEvent, c: Controls): void {
  event.preventDefault()
  if (event.target instanceof HTMLFormElement) c.typed(String(new FormData(event.target).get('range') ?? ''))
}

/** So many statistics are seen at a glance; of more, those are shown that are drawn or looked for. */
const AT_A_GLANCE = 40

function statPicker(c: Controls): TemplateResult {
  const { view, pool } = c
  const every = [...new Set([...view.stats, ...pool.stats])]
  const words = c.find.toLowerCase().split(/\s+/)
  const found = every.filter((stat) => {
    const names = `${stat} ${statName(stat)}`.toLowerCase()
    return view.stats.includes(stat) || words.every((word) => names.includes(word))
  })
  const all = found.slice(0, Math.max(AT_A_GLANCE, view.stats.length))
  const toggle = (stat: string): void => {
    const stats = view.stats.includes(stat) ? view.stats.filter((one) => one !== stat) : [...view.stats, stat]
    if (stats.length > 0) c.show({ stats })
  }
  return html`<fieldset class="chips">
    <legend class="hidden">Statistics, up to ${MOST_STATS}</legend>
    ${
      every.length <= AT_A_GLANCE
        ? nothing
        : html`<input
            type="search"
            class="stat-find"
            aria-label="Find a statistic"
            placeholder="Find one of ${every.length}"
            .value=${c.find}
            @input=${(event: Event) => c.look(valueOf(event))}
          />`
    }
    ${all.map(
      (stat) =>
        html`<button
          type="button"
          class="chip"
          data-stat=${stat}
          aria-pressed=${view.stats.includes(stat)}
          ?disabled=${!view.stats.includes(stat) && view.stats.length >= MOST_STATS}
          @click=${() => toggle(stat)}
        >
          <bdi>${statTitle(stat)}</bdi>
        </button>`,
    )}
    <small role="status">${found.length > all.length ? `and ${found.length - all.length} more` : ''}</small>
  </fieldset>`
}

function looks(c: Controls): TemplateResult {
  const { view } = c
  return html`<span class="chips">
    <button
      type="button"
      class="chip"
      id="by-member"
      aria-pressed=${view.byMember}
      @click=${() => c.show({ byMember: !view.byMember, solo: null })}
    >
      By member
    </button>
    <label class="hidden" for="behind">Compare with</label>
    <select id="behind" @change=${(event: Event) => c.show({ behind: valueOf(event) as Behind })}>
      ${BEHIND.map(([behind, name]) => html`<option value=${behind} ?selected=${behind === view.behind}>${name}</option>`)}
    </select>
  </span>`
}

function valueOf({ target }: Event): string {
  return target instanceof HTMLSelectElement || target instanceof HTMLInputElement ? target.value : ''
}

function iconButton(name: IconName, label: string, press: () => void, id = ''): TemplateResult {
  return html`<button type="button" class="icon-button ${id}" aria-label=${label} title=${label} @click=${press}>
    ${icon(name)}
  </button>`
}
