import { html, nothing, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { StatsColours, StatsPool } from '../../core/model/stats-page.ts'
import { duration, statName, statTitle, statValue } from '../../core/model/words.ts'
import { icon } from '../console/icons.ts'
import { hottest, isEmpty, type Loaded } from './data.ts'
import { memberColour } from './drawing.ts'
import { grain, valueAt } from './readout.ts'
import type { View } from './view.ts'

export interface PanelState {
  readonly stat: string
  readonly view: View
  readonly pool: StatsPool
  /** null: nothing is loaded yet. */
  readonly loaded: Loaded | null
  readonly colours: StatsColours
  /** The newest sample of the stat, epoch ms; null: none is known. */
  readonly newestAt: number | null
  readonly now: number
  solo(member: string | null): void
  remove(): void
  scaleBy(): void
}

/** One stat: what it is, its chart, and each member. The chart itself is put into `.plot`. */
export function panel(state: PanelState): TemplateResult {
  const { stat, view, loaded } = state
  const name = statTitle(stat)
  const words = loaded === null ? '' : grain(loaded, stat)
  const trouble = troubleOf(state)
  return html`<section class="panel" data-panel=${stat} aria-label=${name}>
    <header class="panel-head">
      <h2><bdi>${name}</bdi></h2>
      <output class="panel-value" data-value=${stat} aria-live="off"></output>
      <span class="panel-about">${about(view, words)}</span>
      <span class="panel-buttons">
        ${
          stat === state.pool.stat
            ? html`<span class="badge tone-accent">scales the pool at ${statValue(stat, state.pool.target)}</span>`
            : html`<button type="button" class="chip" data-scale=${stat} @click=${state.scaleBy}>Scale by this</button>`
        }
        ${
          view.stats.length > 1
            ? html`<button
                type="button"
                class="icon-button"
                aria-label="Hide ${name}"
                title="Hide"
                @click=${state.remove}
              >
                ${icon('cross')}
              </button>`
            : nothing
        }
      </span>
    </header>
    <div class="plot-frame">
      <div
        class="plot"
        data-plot=${stat}
        tabindex="0"
        role="application"
        aria-roledescription="chart"
        aria-label="${name}. Arrow keys move through time and read the values; Enter marks where to zoom."
        aria-describedby="keys"
      ></div>
      ${trouble === null ? nothing : html`<p class="plot-state" data-kind=${trouble.kind}>${trouble.text}</p>`}
    </div>
    ${view.byMember && loaded !== null ? legend(state, loaded) : nothing}
  </section>`
}

function about({ byMember }: View, words: string): string {
  if (words === '') return ''
  return byMember ? words : `${words}; band: lowest to highest`
}

/** Every member with its colour, the hottest first; a press makes one stand out. */
function legend(state: PanelState, loaded: Loaded): TemplateResult | typeof nothing {
  const { stat, view, colours } = state
  const members = hottest(loaded.lines, stat)
  if (members.length === 0) return nothing
  return html`<ul class="legend" aria-label="Members, the hottest first">
    ${repeat(
      members,
      ({ member }) => member,
      ({ member }, index) =>
        html`<li>
          <button
            type="button"
            class="chip"
            data-member=${member}
            aria-pressed=${view.solo === member}
            @click=${() => state.solo(view.solo === member ? null : member)}
          >
            <i class="swatch" .style=${`background: ${memberColour(colours, index)}`}></i><bdi>${member}</bdi>
            <span class="legend-value" data-value=${stat} data-of=${member}></span>
          </button>
        </li>`,
    )}
  </ul>`
}

/** Why there is nothing to see, or nothing new; null: there is. */
function troubleOf(state: PanelState): { readonly kind: 'empty' | 'stale'; readonly text: string } | null {
  const { stat, view, pool, loaded, newestAt, now } = state
  if (loaded === null) return null
  if (!pool.stats.includes(stat)) {
    const how = `Report it to the agent on a droplet: curl -d '{"${stat}": 3}' http://127.0.0.1:8126/stats`
    return {
      kind: 'empty',
      text: pool.stats.length === 0 ? NO_AGENT : `Nobody has reported ${statName(stat)} yet. ${how}`,
    }
  }
  if (isEmpty(loaded.lines, stat)) {
    const before = loaded.toAt < pool.createdAt ? ' The pool did not exist then.' : ''
    return { kind: 'empty', text: `Nobody reported ${statName(stat)} in this time.${before}` }
  }
  if (view.range.kind !== 'last' || newestAt === null || now - newestAt <= pool.staleAfterMs) return null
  return {
    kind: 'stale',
    text: `No sample for ${duration(now - newestAt)}: agents have stopped reporting. /spinup doctor says why.`,
  }
}

const NO_AGENT =
  'No agent has reported yet. The line that installs it is on the connect card: /spinup connect shows it again.'

/** Puts what is shown at an instant (null: the newest) beside the names. */
export function showValues(root: ParentNode, loaded: Loaded, at: number | null): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-value]')) {
    const { value: stat = '', of = null } = element.dataset
    const line = loaded.lines.find((one) => one.stat === stat && one.member === of)
    const value =
      line === undefined ? null : at === null ? (line.mean.findLast((one) => one !== null) ?? null) : valueAt(line, at)
    const words = value === null ? '–' : statValue(stat, value)
    if (element.textContent !== words) element.textContent = words
  }
}
