import { html, render, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import { dollars, duration, statName, statTitle, statValue } from '../../core/model/words.ts'
import { zoneOf } from '../../core/model/time-zone.ts'
import type { PoolSamples, StatsFirst, StatsPool } from '../../core/model/stats-page.ts'
import { follow } from '../console/follow.ts'
import { createKept } from '../console/kept.ts'
import { createSettings, oncePerFrame } from '../console/settings.ts'
import { createChart, inksOf, type Chart } from './chart.ts'
import { extend, forget, load, newestIn, type Loaded } from './data.ts'
import { statDrawing } from './drawing.ts'
import { poolNamed, readView, searchOf, spanOf, type View } from './view.ts'

const HOUR_MS = 3_600_000
const AGAIN_MS = 5 * 60_000
const RETRY_MS = 10_000
const NOTHING: ReadonlyMap<string, number> = new Map()

/** One pool's stat on the wall. */
interface Tile {
  readonly pool: StatsPool
  readonly stat: string
  readonly view: View
  readonly newestAt: Map<string, number>
  loaded: Loaded | null
  loadedAt: number
  trouble: string
}

/**
 * What a team leaves open on a screen: `?pools=web,api[&stats=cpu][&last=1h]`, a tile for each pool and stat, as large as
 * there is room. Without stats each shows the one that scales it.
 */
export function createWall(root: HTMLElement, known: StatsFirst): void {
  const aheadMs = known.now - Date.now()
  const now = (): number => Date.now() + aheadMs
  const settings = createSettings(createKept(), () => drawCharts())
  const query = new URLSearchParams(location.search)
  const named = (query.get('pools') ?? '').split(',').filter((name) => name !== '')
  const tiles = tilesOf(known, named, query)
  const gone = named.filter((name) => poolNamed(name, known.pools) === null)
  const charts = new Map<Tile, { readonly theme: string; readonly chart: Chart }>()
  let connected = true
  const drawSoon = oncePerFrame(() => {
    draw()
    drawCharts()
  })

  async function fill(tile: Tile): Promise<void> {
    tile.loadedAt = now()
    try {
      const { signal } = new AbortController()
      tile.loaded = await load(tile.view, tile.pool, { ...spanOf(tile.view.range, now()), points: 600, signal })
      tile.newestAt.clear()
      tile.trouble = ''
    } catch (error) {
      tile.trouble = error instanceof Error ? error.message : String(error)
      tile.loadedAt = now() - AGAIN_MS + RETRY_MS
    }
    drawSoon()
  }

  function draw(): void {
    root.style.setProperty('--columns', String(Math.ceil(Math.sqrt(tiles.length + gone.length))))
    render(
      html`<main class="wall" data-tiles=${tiles.length + gone.length}>
        <h1 class="hidden">Statistics of ${[...new Set(tiles.map(({ pool }) => pool.name))].join(', ')}</h1>
        ${repeat(
          tiles,
          ({ pool, stat }) => `${pool.id} ${stat}`,
          (tile) => tileOf(tile),
        )}
        ${gone.map(
          (name) =>
            html`<section class="wall-tile" data-stale="true" aria-label=${name}>
              <h2><bdi>${name}</bdi></h2>
              <p class="wall-value">–</p>
              <p class="wall-note"><strong>There is no pool of this name.</strong></p>
            </section>`,
        )}
        <p class="wall-offline" role="status" ?hidden=${connected}>
          Offline: reconnecting. What you see may be out of date.
        </p>
      </main>`,
      root,
    )
  }

  function tileOf(tile: Tile): TemplateResult {
    const { pool, stat, view, loaded } = tile
    const value = loaded?.lines
      .find((line) => line.stat === stat && line.member === null)
      ?.mean.findLast((one) => one !== null)
    const last = Math.max(0, ...tile.newestAt.values(), loaded === null ? 0 : (newestIn(loaded, stat, NOTHING) ?? 0))
    const silentMs = now() - last
    const stale = loaded !== null && last > 0 && silentMs > pool.staleAfterMs
    const over = value != null && stat === pool.stat && value > pool.target * 1.1
    const members = loaded?.beside.members
    const why =
      tile.trouble !== ''
        ? tile.trouble
        : loaded !== null && last === 0
          ? `Nobody reported ${statName(stat)} in the last ${duration(view.range.kind === 'last' ? view.range.ms : HOUR_MS)}.`
          : stale
            ? `No sample for ${duration(silentMs)}`
            : ''
    return html`<section
      class="wall-tile"
      data-over=${over}
      data-stale=${stale}
      aria-label="${statTitle(stat)} of ${pool.name}"
    >
      <h2>
        <a href=${`/stats${searchOf(view)}`}><bdi>${pool.name}</bdi></a> <span>${statTitle(stat)}</span>
      </h2>
      <p class="wall-value">${value == null || stale ? '–' : statValue(stat, value)}</p>
      <p class="wall-note">
        ${
          why !== ''
            ? html`<strong>${why}</strong>`
            : html`${stat === pool.stat ? `target ${statValue(stat, pool.target)} · ` : ''}${members?.value.at(-1) ?? '–'}
              of ${pool.max} members · ${dollars(loaded?.beside.cost.value.at(-1) ?? 0)}/h`
        }
      </p>
      <div class="plot wall-plot"></div>
    </section>`
  }

  function drawCharts(): void {
    const theme = settings.theme()
    const scale = Math.max(1, Math.min(2.4, innerWidth / 1100))
    const elements = [...root.querySelectorAll<HTMLElement>('.wall-plot')]
    for (const [index, tile] of tiles.entries()) {
      const element = elements[index]
      if (element === undefined || tile.loaded === null) continue
      let found = charts.get(tile)
      if (found?.theme !== theme) {
        found?.chart.destroy()
        const height = Math.max(110, element.clientHeight)
        const none = (): void => undefined
        const chart = createChart(element, {
          zone: zoneOf(tile.pool.timeZone),
          inks: inksOf(root),
          unit: tile.stat,
          height,
          axis: true,
          scale,
          hover: none,
          zoom: none,
          back: none,
          pick: none,
        })
        found = { theme, chart }
        charts.set(tile, found)
      }
      const { fromAt, toAt } = tile.loaded
      const drawing = statDrawing(tile.stat, tile.view, tile.loaded, tile.pool, known.palettes[theme])
      found.chart.draw(drawing, { fromAt, toAt })
    }
  }

  function receive(samples: readonly PoolSamples[]): void {
    for (const tile of tiles) {
      const own = samples.find(({ pool }) => pool === tile.pool.id)
      if (own === undefined || tile.loaded === null) continue
      extend(tile.loaded, tile.view, own, tile.newestAt)
      const { fromAt, toAt } = spanOf(tile.view.range, now())
      tile.loaded = { ...tile.loaded, fromAt, toAt }
      forget(tile.loaded, fromAt)
    }
    drawSoon()
  }

  draw()
  for (const tile of tiles) void fill(tile)
  setInterval(() => {
    drawSoon()
    for (const tile of tiles) if (now() - tile.loadedAt > AGAIN_MS) void fill(tile)
  }, 5000)
  addEventListener('resize', () => {
    for (const { chart } of charts.values()) chart.destroy()
    charts.clear()
    drawSoon()
  })
  document.fonts.addEventListener('loadingdone', drawSoon)
  follow(root.dataset['shared'] ?? '', {
    place: () => known.place,
    behind: () => undefined,
    samples: true,
    hear(news) {
      if (news.kind === 'samples') receive(news.samples)
      if (news.kind !== 'connection' || news.up === connected) return
      connected = news.up
      if (connected) for (const tile of tiles) void fill(tile)
      draw()
    },
  })
}

/** Of the pools that are named and there, or of all. */
function tilesOf(known: StatsFirst, named: readonly string[], query: URLSearchParams): readonly Tile[] {
  const found = named.map((name) => poolNamed(name, known.pools)).filter((pool) => pool !== null)
  return (named.length > 0 ? [...new Set(found)] : known.pools).flatMap((pool) => {
    const own = new URLSearchParams({
      pool: pool.name,
      stats: query.get('stats') ?? pool.stat,
      last: query.get('last') ?? '1h',
    })
    const view = readView(own.toString(), known)
    return (view?.stats ?? []).map((stat): Tile => {
      const alone = { ...(view ?? never()), stats: [stat] }
      return { pool, stat, view: alone, newestAt: new Map(), loaded: null, loadedAt: 0, trouble: '' }
    })
  })
}

function never(): never {
  throw new TypeError('there is a view of a pool that is known')
}
