import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import { TRAIL_MS, type Live, type Trail, type Trails } from '../../core/model/message.ts'
import type { StatusView } from '../../core/model/view.ts'
import { isolated } from '../../core/model/clean.ts'
import { monthly } from '../../core/model/billing.ts'
import { cost, dollars, plainNumber, statTitle, statValue } from '../../core/model/words.ts'
import { actions, type CardContext } from './card.ts'
import { inService } from '../../core/cards/status.ts'
import { icon, loadBar } from './icons.ts'
import { memberRows, overrideRows } from './members.ts'
import { modeBadge } from './views/render.ts'
import { when } from './when.ts'

/** The pools now. `live` is undefined before the first look, empty while no pool is connected. */
export function strip(live: readonly Live[] | undefined, trails: Trails, context: CardContext): TemplateResult {
  if (live === undefined)
    return html`<section class="pool skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i></section>`
  if (live.length === 0) {
    return html`<section class="pool pool-empty">
      <h2>No pool yet</h2>
      <p>Once a droplet is connected, its load, members and cost show here, live.</p>
    </section>`
  }
  const trailOf = ({ status }: Live): Trail => trails[status.of.id]?.points ?? []
  // By its id, or what is open would be another pool's once one is gone.
  return html`${repeat(
    live,
    ({ status }) => status.of.id,
    (one) => (one.status.of.named ? poolRow(one, trailOf(one), context) : pool(one, trailOf(one), context)),
  )}`
}

function pool(live: Live, trail: Trail, context: CardContext): TemplateResult {
  const { status } = live
  return html`<section class="pool" data-pool=${status.of.id} aria-label="Pool ${status.pool}, now">
    <div class="pool-head">
      <h2><bdi>${status.pool}</bdi></h2>
      ${modeBadge(status.mode)}
    </div>
    <div class="tiles">${membersTile(status)} ${loadTile(live, trail)} ${trafficTiles(live, trail)}</div>
    <div class="pool-more">${more(status, context)}</div>
  </section>`
}

/** One of several: what it is like is seen at a glance, the rest is a press away. */
function poolRow(live: Live, trail: Trail, context: CardContext): TemplateResult {
  const { at, status, rps, p95Ms } = live
  const { stat, value, target } = status
  const name = statTitle(stat)
  const figures = [
    rps === null ? null : `${plainNumber(Math.round(rps))} requests/s`,
    p95Ms === null ? null : `p95 ${plainNumber(Math.round(p95Ms))} ms`,
    `${dollars(status.dollarsPerHour)}/h`,
    ...status.overrides.filter(({ what }) => what !== 'protect').map(({ text }) => text.toLowerCase()),
  ]
  return html`<details class="pool-row" data-pool=${status.of.id}>
    <summary>
      <span class="pool-row-head">
        <h2><bdi>${status.pool}</bdi></h2>
        ${modeBadge(status.mode)} ${icon('chevron')}
      </span>
      <span class="pool-row-cell">
        <span class="tile-value" data-live="members">${inService(status)}<small> of ${status.max}</small></span>
        ${slots(status)}
      </span>
      <span class="pool-row-cell">
        <span class="pool-row-load">
          <span class="tile-value" data-live="load">${value === null ? '–' : statValue(stat, value)}</span>
          <span class="tile-label">${name} <span class="quiet">target ${statValue(stat, target)}</span></span>
        </span>
        ${loadBar(stat, value, target)}
      </span>
      <span class="tile-note">${figures.filter(Boolean).join(' · ')}</span>
    </summary>
    <div class="pool-row-more">
      <h3>${name}, last 3 minutes</h3>
      ${loadLine(status, trail, at)} ${more(status, context)}
    </div>
  </details>`
}

function more(status: Live['status'], context: CardContext): TemplateResult {
  return html`<h3>Members</h3>
    ${memberRows(status)} ${overrideRows(status.overrides)}
    ${
      status.lastDecision === null
        ? nothing
        : html`<h3>Last decision <span class="quiet">${when(status.lastDecision.at, 'ago')}</span></h3>
            <p class="last-decision">${isolated(status.lastDecision.reason)}</p>`
    }
    ${actions(status.actions, context)}`
}

function membersTile(status: StatusView): TemplateResult {
  return html`<div class="tile tile-members">
    <span class="tile-label">Members</span>
    <span class="tile-value" data-live="members">${inService(status)}<small> of ${status.max}</small></span>
    ${slots(status)}
  </div>`
}

function slots(status: StatusView): TemplateResult {
  const serving = inService(status)
  const coming = status.members.filter(({ phase }) => ['creating', 'booting', 'joining'].includes(phase)).length
  const states = Array.from({ length: Math.min(status.max, 20) }, (_, index) =>
    index < serving ? 'on' : index < serving + coming ? 'coming' : 'off',
  )
  return html`<span
    class="slots"
    role="img"
    aria-label="${serving} in service, ${coming} on the way, at most ${status.max}"
    >${states.map((state) => html`<i data-state=${state}></i>`)}</span
  >`
}

function loadTile({ at, status }: Live, trail: Trail): TemplateResult {
  const { stat, value, target } = status
  const name = statTitle(stat)
  return html`<div class="tile tile-load">
    <span class="tile-label">${name} <span class="quiet">target ${statValue(stat, target)}</span></span>
    <span class="tile-value" data-live="load">${value === null ? '–' : statValue(stat, value)}</span>
    ${loadBar(stat, value, target)} ${loadLine(status, trail, at)}
  </div>`
}

/** The load's sparkline, which leads to its view on the stats page. */
function loadLine({ pool, stat, target }: StatusView, trail: Trail, now: number): TemplateResult {
  const name = statTitle(stat)
  const query = `pool=${encodeURIComponent(pool)}&stats=${encodeURIComponent(stat)}&last=15m`
  return html`<a class="spark-link" href="/stats?${query}" title="${name} in stats" aria-label="${name} in stats">
    ${sparkline(
      trail.map(([at, load]) => [at, load] as const),
      { now, ceiling: target * 1.5, target, label: `${name} over the last 3 minutes` },
    )}
  </a>`
}

function trafficTiles({ at, status, rps, p95Ms, inFlight }: Live, trail: Trail): TemplateResult {
  return html`<div class="tile tile-rps">
      <span class="tile-label">Requests/s</span>
      ${bigNumber('rps', rps === null ? '–' : plainNumber(Math.round(rps)))}
      ${sparkline(
        trail.map(([at, , rps]) => [at, rps] as const),
        { now: at, ceiling: 1, target: null, label: 'Requests per second over the last 3 minutes' },
      )}
    </div>
    <div class="tile">
      <span class="tile-label">p95</span>
      ${bigNumber('p95', p95Ms === null ? '–' : plainNumber(Math.round(p95Ms)), p95Ms === null ? '' : ' ms')}
      ${inFlight === null ? nothing : html`<span class="tile-note">${inFlight} in flight</span>`}
    </div>
    <div class="tile">
      <span class="tile-label">Cost</span>
      ${bigNumber('cost', dollars(status.dollarsPerHour), '/h')}
      <span class="tile-note">${cost(monthly(status.dollarsPerHour))}/month</span>
    </div>`
}

/** So many letters have room in a tile in their usual size, on a phone too. */
const SHORT = 6

function bigNumber(name: string, text: string, unit = ''): TemplateResult {
  return html`<span class="tile-value" data-live=${name} ?data-long=${text.length > SHORT}
    >${text}${unit === '' ? nothing : html`<small>${unit}</small>`}</span
  >`
}

const WIDTH = 180
const HEIGHT = 36
/** Points further apart than this are not joined: nobody was looking in between. */
const GAP_MS = 12_000

/** The last three minutes up to `now` as a line over its area; `ceiling` is the least value of the top edge. */
function sparkline(
  points: readonly (readonly [at: number, value: number | null])[],
  options: { readonly now: number; readonly ceiling: number; readonly target: number | null; readonly label: string },
): TemplateResult | typeof nothing {
  const known = points.filter((point): point is readonly [number, number] => point[1] !== null)
  const top = Math.max(options.ceiling, ...known.map(([, value]) => value)) * 1.05 || 1
  const x = (at: number): string => ((1 - (options.now - at) / TRAIL_MS) * WIDTH).toFixed(1)
  const y = (value: number): string => (HEIGHT - 1 - (value / top) * (HEIGHT - 3)).toFixed(1)
  const runs: (readonly (readonly [number, number])[])[] = []
  let run: (readonly [number, number])[] = []
  for (const point of known) {
    const last = run.at(-1)
    if (last !== undefined && point[0] - last[0] > GAP_MS) {
      runs.push(run)
      run = []
    }
    run.push(point)
  }
  runs.push(run)
  const lines = runs.filter((each) => each.length > 1)
  const path = (each: readonly (readonly [number, number])[]): string =>
    each.map(([at, value], index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('')
  return html`<svg
    class="sparkline"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label=${options.label}
  >
    ${
      options.target === null
        ? nothing
        : svg`<line class="spark-target" x1="0" x2=${WIDTH} y1=${y(options.target)} y2=${y(options.target)} />`
    }
    ${lines.map((each) => {
      const [first, last] = [each[0], each.at(-1)]
      if (first === undefined || last === undefined) return nothing
      return svg`<path class="spark-area" d="${path(each)}L${x(last[0])} ${HEIGHT}L${x(first[0])} ${HEIGHT}Z" /><path class="spark-line" d=${path(each)} />`
    })}
  </svg>`
}
