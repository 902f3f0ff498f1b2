import { html, nothing, render, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { StatsFirst, StatsPool } from '../../core/model/stats-page.ts'
import { zoneOf, type TimeZone } from '../../core/model/time-zone.ts'
import { createApi } from '../console/api.ts'
import { follow } from '../console/follow.ts'
import { createKept } from '../console/kept.ts'
import { createToasts } from '../console/messages.ts'
import { createSettings, oncePerFrame } from '../console/settings.ts'
import type { News } from '../console/stream.ts'
import { below, strips } from './below.ts'
import { EDGES } from './chart.ts'
import { createCharts } from './charts.ts'
import { bars, top, type Controls } from './controls.ts'
import { besideOf, extend, fileOf, forget, load, newestIn, reportedIn, type Loaded } from './data.ts'
import { KEYS_HELP, listenToKeys } from './keyboard.ts'
import { markStrip } from './marks.ts'
import { panel, showValues } from './panel.ts'
import { instantsOf, rangeWords, spoken, timeWords } from './readout.ts'
import { createScaling } from './scaling.ts'
import { copyLink, postView, rangeTyped } from './share.ts'
import { between, changed, readView, searchOf, spanOf, type Range, type Span, type View } from './view.ts'

/** What a live view has gathered by itself is put right by the store's this often, ms. */
const AGAIN_MS = 5 * 60_000
/** What happened, and the members, are asked for this often while the range moves on, ms. */
const BESIDE_MS = 15_000

/** The stats page in `root`, for as long as it is open. */
export function createStatsPage(root: HTMLElement, known: StatsFirst, first: View): void {
  const aheadMs = known.now - Date.now()
  /** By the bot's clock. */
  const now = (): number => Date.now() + aheadMs
  const settings = createSettings(createKept(), () => redrawAll())
  const api = createApi(settings.name)
  const notes = document.createElement('div')
  notes.className = 'toasts'
  notes.role = 'alert'
  document.body.append(notes)
  const toasts = createToasts(notes)
  const scaling = createScaling({ api, name: settings.name, pool: () => poolNow(), toasts, theme: settings.theme })
  const zoom = (span: Span): void => zoomTo(between(span.fromAt, span.toAt))
  const charts = createCharts(root, known.palettes, {
    hover: (at) => pointAt(at),
    zoom,
    back: () => back(),
    pick: (member) => show({ solo: view.solo === member ? null : member }),
  })
  const newestAt = new Map<string, number>()
  /** When each stat came last, by pool. */
  const reported = new Map<string, Map<string, number>>()
  const zones = new Map<string, TimeZone>()
  let { place } = known
  let view = first
  let loaded: Loaded | null = null
  let loadedAt = 0
  let asking: AbortController | null = null
  let trouble = ''
  let typedTrouble = ''
  let find = ''
  let connected = true
  let tableOpen = false
  let cursor: number | null = null
  /** How many views of this page are behind it in the browser's history. */
  let pushed = typeof history.state === 'number' ? history.state : 0
  const drawSoon = oncePerFrame(() => drawCharts())

  function poolNow(): StatsPool {
    const found = known.pools.find(({ name }) => name === view.pool) ?? known.pools[0]
    if (found === undefined) throw new TypeError('there is a pool')
    return found
  }

  /** Asked for at every label, and slow to make. */
  function zoneNow(): TimeZone {
    const { timeZone } = poolNow()
    const found = zones.get(timeZone) ?? zoneOf(timeZone)
    zones.set(timeZone, found)
    return found
  }

  function showTable(open: boolean): void {
    if (open === tableOpen) return
    tableOpen = open
    draw()
  }

  function show(change: Partial<View>, how: 'push' | 'replace' = 'replace'): void {
    const wanted = { ...view, ...change }
    const next = wanted.pool === view.pool ? wanted : (readView(searchOf({ ...wanted, stats: [] }), known) ?? wanted)
    if (how === 'push') history.pushState(++pushed, '', searchOf(next))
    else history.replaceState(pushed, '', searchOf(next))
    const { solo: _, ...rest } = change
    if (Object.keys(rest).length > 0) return turnTo(next)
    view = next
    redrawAll()
  }

  function turnTo(next: View): void {
    // Of another pool nothing that is here is true.
    if (next.pool !== view.pool) loaded = null
    view = next
    typedTrouble = ''
    reload()
  }

  /** When each stat of the pool came last, epoch ms. */
  function reportedAt(): Map<string, number> {
    const { id } = poolNow()
    const found = reported.get(id) ?? new Map<string, number>()
    reported.set(id, found)
    return found
  }

  const zoomTo = (range: Range): void => show({ range }, 'push')

  function reload(): void {
    asking?.abort()
    asking = new AbortController()
    const { signal } = asking
    const span = spanOf(view.range, now())
    draw()
    load(view, poolNow(), { ...span, points: pointsAcross(), signal }).then(
      (found) => {
        if (signal.aborted) return
        asking = null
        loaded = found
        loadedAt = now()
        newestAt.clear()
        trouble = ''
        cursor = null
        draw()
        drawCharts()
      },
      (error: unknown) => {
        if (signal.aborted) return
        asking = null
        trouble = error instanceof Error ? error.message : String(error)
        draw()
      },
    )
  }

  function pointsAcross(): number {
    const width = root.clientWidth - EDGES.left - EDGES.right - 32
    return Math.min(1200, Math.max(120, Math.round(width)))
  }

  function back(): void {
    if (pushed === 0) return zoomTo(changed(view.range, now(), { factor: 2 }))
    history.back()
  }

  async function typed(text: string): Promise<void> {
    try {
      zoomTo(await rangeTyped(view.pool, text))
    } catch (error) {
      typedTrouble = error instanceof Error ? error.message : String(error)
      draw()
    }
  }

  function post(): void {
    const stats = reportedIn(view, poolNow())
    void postView({ ...view, stats }, loaded ?? spanOf(view.range, now()), settings.name(), toasts)
  }

  function draw(): void {
    const span = loaded ?? spanOf(view.range, now())
    render(whole(span), root)
    document.title = `${view.stats.join(', ')} of ${view.pool} · Spinup`
    if (loaded !== null) showValues(root, loaded, cursor)
  }

  function whole(span: Span): TemplateResult {
    const pool = poolNow()
    const zone = zoneNow()
    const stats = reportedIn(view, pool)
    const wall = `/stats/wall?pools=${encodeURIComponent(view.pool)}&stats=${encodeURIComponent(view.stats.join(','))}`
    const controls: Controls = {
      known,
      pool,
      view,
      theme: settings.theme(),
      connected,
      busy: asking !== null,
      rangeWords: rangeWords(span, zone),
      trouble: typedTrouble,
      files:
        stats.length === 0 ? null : { csv: fileOf(view, stats, span, 'csv'), json: fileOf(view, stats, span, 'json') },
      wall,
      canGoBack: pushed > 0,
      find,
      show,
      typed: (text) => void typed(text),
      look: (text) => {
        find = text
        draw()
      },
      move: (by) => zoomTo(changed(view.range, now(), by)),
      back,
      post,
      copy: () => void copyLink(view, toasts),
      toggleTheme: settings.toggleTheme,
    }
    return html`<a class="skip" href="#plots" @click=${skip}>Skip to the charts</a>
      ${top(controls)}
      <main>
        ${bars(controls)}
        <div class="stats-main">
          <p class="banner" role="status" ?hidden=${trouble === ''}>${trouble}</p>
          <p class="hidden" id="keys">${KEYS_HELP}</p>
          <p class="hidden" id="readout" aria-live="polite"></p>
          ${loaded === null ? nothing : markStrip(loaded.beside.marks, span, plotWidth(), zone)}
          <div id="plots">
            ${repeat(
              view.stats,
              (stat) => `${view.pool} ${stat}`,
              (stat) =>
                panel({
                  stat,
                  view,
                  pool,
                  loaded,
                  colours: known.palettes[settings.theme()],
                  newestAt: loaded === null ? null : newestIn(loaded, stat, reportedAt()),
                  now: now(),
                  solo: (solo) => show({ solo }),
                  remove: () => show({ stats: view.stats.filter((one) => one !== stat) }),
                  scaleBy: () => void scaling.propose(stat),
                }),
            )}
            ${strips(loaded)}
          </div>
          ${loaded === null ? nothing : below(view, loaded, { zone, tableOpen, toggle: (open) => showTable(open) })}
        </div>
      </main>`
  }

  function plotWidth(): number {
    return root.querySelector('.plot')?.clientWidth ?? root.clientWidth
  }

  function drawCharts(): void {
    if (loaded === null) return
    charts.draw(view, loaded, poolNow(), { theme: settings.theme(), zone: zoneNow() })
    showValues(root, loaded, cursor)
    if (!('drawn' in root.dataset)) performance.mark('drawn')
    root.dataset['drawn'] = searchOf(view)
  }

  function pointAt(at: number | null): void {
    cursor = at
    if (loaded === null) return
    charts.point(at)
    showValues(root, loaded, at)
    const words = root.querySelector('.range-words')
    words?.toggleAttribute('data-at', at !== null)
    if (words instanceof HTMLElement) words.dataset['cursor'] = at === null ? '' : timeWords(at, loaded, zoneNow())
  }

  function say(text: string): void {
    const element = document.getElementById('readout')
    if (element !== null) element.textContent = text
  }

  function redrawAll(): void {
    draw()
    drawCharts()
  }

  function hear(news: News): void {
    if (news.kind === 'connection' && news.up !== connected) {
      connected = news.up
      // What came meanwhile is in the store.
      if (connected) reload()
      else draw()
    }
    if (news.kind === 'log') place = { ...place, ...news.log }
    if (news.kind === 'message') place = { ...place, cursor: Math.max(place.cursor, news.message.change) }
    if (news.kind === 'message' && news.message.kind === 'card') scaling.received(news.message.card)
    if (news.kind !== 'samples' || loaded === null || view.range.kind !== 'last') return
    const own = news.samples.find(({ pool }) => pool === poolNow().id)
    if (own === undefined) return
    const came = reportedAt()
    for (const { at, stats } of own.members)
      for (const stat of Object.keys(stats)) came.set(stat, Math.max(at, came.get(stat) ?? 0))
    // A stat that was never reported before is one more to pick.
    const fresh = [...came.keys()].filter((stat) => !poolNow().stats.includes(stat))
    if (fresh.length > 0) {
      known = {
        ...known,
        pools: known.pools.map((pool) => (pool.id === own.pool ? { ...pool, stats: [...pool.stats, ...fresh] } : pool)),
      }
      draw()
    }
    if (asking !== null) return
    if (now() - loadedAt > AGAIN_MS) return reload()
    extend(loaded, view, own, newestAt)
    moveOn()
  }

  /** The range ends now again; nothing is asked for, and only what moved is drawn. */
  function moveOn(): void {
    if (loaded === null) return
    const { fromAt, toAt } = spanOf(view.range, now())
    const pixelMs = (toAt - fromAt) / Math.max(1, plotWidth())
    if (toAt - loaded.toAt < Math.min(pixelMs, 10_000)) return
    loaded = { ...loaded, fromAt, toAt }
    forget(loaded, fromAt)
    drawSoon()
  }

  function skip(event: Event): void {
    event.preventDefault()
    root.querySelector<HTMLElement>('[data-plot]')?.focus()
  }

  listenToKeys(root, {
    instants: (stat) => (loaded === null ? [] : instantsOf(loaded, stat).filter((at) => at >= (loaded?.fromAt ?? 0))),
    at: () => cursor,
    go(at) {
      pointAt(at)
      if (loaded !== null) say(spoken(at, view, loaded, zoneNow()))
    },
    mark: charts.select,
    zoom,
    move: (by) => zoomTo(changed(view.range, now(), by)),
    back,
    say,
  })
  addEventListener('popstate', ({ state }) => {
    pushed = typeof state === 'number' ? state : 0
    turnTo(readView(location.search, known) ?? view)
  })
  addEventListener(
    'resize',
    oncePerFrame(() => draw()),
  )
  setInterval(() => {
    if (document.hidden || asking !== null) return
    if (trouble !== '') return reload()
    if (loaded === null || view.range.kind !== 'last') return
    besideOf(view.pool, spanOf(view.range, now())).then(
      (beside) => {
        if (loaded !== null) loaded = { ...loaded, beside }
        redrawAll()
      },
      () => undefined,
    )
  }, BESIDE_MS)
  history.replaceState(pushed, '', searchOf(view))
  // What was drawn before they came is in another type.
  document.fonts.addEventListener('loadingdone', drawSoon)
  reload()
  follow(root.dataset['shared'] ?? '', {
    place: () => place,
    // What the channel shows is not shown here.
    behind: () => undefined,
    hear,
    samples: true,
  })
}
