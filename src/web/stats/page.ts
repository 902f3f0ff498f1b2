import { html, nothing, render, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import { dollars } from '../../core/model/words.ts'
import type { StatsFirst, StatsPool } from '../../core/model/stats-page.ts'
import { createApi } from '../console/api.ts'
import { copyText } from '../console/copy.ts'
import { follow } from '../console/follow.ts'
import { createKept } from '../console/kept.ts'
import { createToasts } from '../console/messages.ts'
import { createSettings, oncePerFrame } from '../console/settings.ts'
import type { News } from '../console/stream.ts'
import { createChart, EDGES, type Chart, type ChartOptions } from './chart.ts'
import { head } from './controls.ts'
import { extend, fileOf, forget, get, load, type Loaded } from './data.ts'
import { statDrawing, strip } from './drawing.ts'
import { KEYS_HELP, listenToKeys } from './keyboard.ts'
import { markList, markStrip } from './marks.ts'
import { panel, showValues } from './panel.ts'
import { instantsOf, rangeWords, spoken, tableOf, timeWords } from './readout.ts'
import { createScaling } from './scaling.ts'
import { between, changed, readView, searchOf, spanOf, type Range, type Span, type View } from './view.ts'

/** What a live view has gathered by itself is put right by the store's this often, ms. */
const AGAIN_MS = 5 * 60_000
/** What happened, and the members, are asked for this often while the range moves on, ms. */
const BESIDE_MS = 15_000
const STRIPS = ['members', 'cost'] as const

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
  const charts = new Map<string, Chart>()
  const newestAt = new Map<string, number>()
  const statAt = new Map<string, number>()
  let { place } = known
  let view = first
  let loaded: Loaded | null = null
  let loadedAt = 0
  let asking: AbortController | null = null
  let trouble = ''
  let typedTrouble = ''
  let connected = true
  let cursor: number | null = null
  let pushed = 0
  const drawSoon = oncePerFrame(() => drawCharts())

  function poolNow(): StatsPool {
    const found = known.pools.find(({ name }) => name === view.pool) ?? known.pools[0]
    if (found === undefined) throw new TypeError('there is a pool')
    return found
  }

  function show(change: Partial<View>, how: 'push' | 'replace' = 'replace'): void {
    const other = change.pool !== undefined && change.pool !== view.pool
    view = { ...view, ...change }
    if (other) view = readView(searchOf({ ...view, stats: [] }), known) ?? view
    typedTrouble = ''
    if (how === 'push') {
      pushed++
      history.pushState(null, '', searchOf(view))
    } else history.replaceState(null, '', searchOf(view))
    const { solo: _, ...rest } = change
    if (Object.keys(rest).length === 0) return redrawAll()
    if (other) loaded = null
    reload()
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
    pushed--
    history.back()
  }

  async function typed(text: string): Promise<void> {
    try {
      const query = new URLSearchParams({ pool: view.pool, text })
      const found = await get<Span & { readonly live: boolean }>(`/api/stats/range?${query.toString()}`)
      zoomTo(
        found.live && found.toAt - found.fromAt >= 60_000 && Math.abs(found.toAt - now()) < 5000
          ? { kind: 'last', ms: Math.round((found.toAt - found.fromAt) / 1000) * 1000 }
          : between(found.fromAt, found.toAt),
      )
    } catch (error) {
      typedTrouble = error instanceof Error ? error.message : String(error)
      draw()
    }
  }

  async function post(): Promise<void> {
    const { fromAt, toAt } = spanOf(view.range, now())
    const { pool, byMember, solo: member } = view
    const stats = view.stats.filter((stat) => poolNow().stats.includes(stat))
    try {
      const wish = {
        pool,
        stats,
        fromAt: Math.round(fromAt),
        toAt: Math.round(Math.min(toAt, now())),
        byMember,
        member,
        name: settings.name(),
      }
      const { cards } = await get<{ readonly cards: number }>('/api/stats/post', undefined, wish)
      toasts.show(
        cards === 1 ? 'Posted to the pool’s channels.' : `Posted to the pool’s channels, as ${cards} cards.`,
        'good',
      )
    } catch (error) {
      toasts.show(error instanceof Error ? error.message : String(error), 'bad')
    }
  }

  /** Of a range that moves on, a link is to what is seen now. */
  async function copy(): Promise<void> {
    const done = await copyText(location.origin + location.pathname + searchOf(view))
    toasts.show(
      done ? 'Copied' : 'The browser did not allow copying; the address above says it all.',
      done ? 'good' : 'bad',
    )
  }

  function draw(): void {
    const span = loaded ?? spanOf(view.range, now())
    render(whole(span), root)
    document.title = `${view.stats.join(', ')} of ${view.pool} · Spinup`
    if (loaded !== null) showValues(root, loaded, cursor)
  }

  function whole(span: Span): TemplateResult {
    const pool = poolNow()
    const { timeZone } = pool
    const wall = `/stats/wall?pools=${encodeURIComponent(view.pool)}&stats=${encodeURIComponent(view.stats.join(','))}`
    return html`<a class="skip" href="#plots" @click=${skip}>Skip to the charts</a>
      ${head({
        known,
        pool,
        view,
        theme: settings.theme(),
        connected,
        busy: asking !== null,
        rangeWords: rangeWords(span, timeZone),
        trouble: typedTrouble,
        files: { csv: fileOf(view, span, 'csv'), json: fileOf(view, span, 'json') },
        wall,
        canGoBack: pushed > 0,
        show,
        typed: (text) => void typed(text),
        move: (by) => zoomTo(changed(view.range, now(), by)),
        back,
        post: () => void post(),
        copy: () => void copy(),
        toggleTheme: settings.toggleTheme,
      })}
      <main class="stats-main">
        <p class="banner" role="status" ?hidden=${trouble === ''}>${trouble}</p>
        <p class="hidden" id="keys">${KEYS_HELP}</p>
        <p class="hidden" id="readout" aria-live="polite"></p>
        ${loaded === null ? nothing : markStrip(loaded.beside.marks, span, plotWidth(), timeZone)}
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
                newestAt: newestOf(stat),
                now: now(),
                solo: (solo) => show({ solo }),
                remove: () => show({ stats: view.stats.filter((one) => one !== stat) }),
                scaleBy: () => void scaling.propose(stat),
              }),
          )}
          <section class="panel strips" aria-label="Members and cost">
            ${STRIPS.map(
              (name) =>
                html`<h2>
                    ${name === 'members' ? 'Members' : 'Cost'}
                    <span class="panel-about">${loaded === null ? '' : stripWords(name, loaded)}</span>
                  </h2>
                  <div class="plot plot-strip" data-strip=${name} aria-hidden="true"></div>`,
            )}
          </section>
        </div>
        ${loaded === null ? nothing : below(loaded, timeZone)}
      </main>`
  }

  function stripWords(name: (typeof STRIPS)[number], { beside }: Loaded): string {
    if (beside.members === null) return 'nobody reported'
    if (name === 'members')
      return `${beside.members.value.at(-1) ?? 0} at the end, ${Math.max(...beside.members.value)} at most`
    return `${dollars(beside.cost.value.at(-1) ?? 0)}/h at the end, ${dollars(Number(beside.cost.dollars.toPrecision(3)))} in all`
  }

  function below(shown: Loaded, timeZone: string): TemplateResult {
    const { marks } = shown.beside
    const table = tableOf(view, shown, timeZone)
    return html`<div class="stats-below">
      <details>
        <summary>What happened <span class="quiet">${marks.length === 0 ? 'nothing' : marks.length}</span></summary>
        ${marks.length === 0 ? html`<p>No scale event, decision, pin or refresh in this time.</p>` : markList(marks, shown, timeZone)}
      </details>
      <details>
        <summary>The numbers as a table</summary>
        <div class="table-scroll" tabindex="0" role="region" aria-label="The numbers as a table">
          <table>
            <caption class="hidden">
              ${view.stats.join(', ')} of ${view.pool}, ${rangeWords(shown, timeZone)}
            </caption>
            <thead>
              <tr>
                ${table.head.map((name) => html`<th scope="col">${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${table.rows.map(
                ([time, ...cells]) =>
                  html`<tr>
                    <th scope="row">${time}</th>
                    ${cells.map((one) => html`<td>${one}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </details>
    </div>`
  }

  function plotWidth(): number {
    return root.querySelector('.plot')?.clientWidth ?? root.clientWidth
  }

  function drawCharts(): void {
    if (loaded === null) return
    const shown = loaded
    const pool = poolNow()
    const theme = settings.theme()
    const colours = known.palettes[theme]
    const span = { fromAt: shown.fromAt, toAt: shown.toAt }
    const wanted = new Set<string>()
    const draw = (
      element: HTMLElement,
      name: string,
      unit: ChartOptions['unit'],
      of: Parameters<Chart['draw']>[0],
      height: number,
    ): void => {
      const key = `${theme} ${view.pool} ${name}`
      wanted.add(key)
      const chart =
        charts.get(key) ??
        createChart(element, { ...handlers, timeZone: pool.timeZone, unit, height, axis: true, scale: 1 })
      charts.set(key, chart)
      chart.draw(of, span)
    }
    for (const element of root.querySelectorAll<HTMLElement>('[data-plot]')) {
      const stat = element.dataset['plot'] ?? ''
      draw(element, stat, stat, statDrawing(stat, view, shown, pool, colours), view.stats.length === 1 ? 380 : 220)
    }
    for (const element of root.querySelectorAll<HTMLElement>('[data-strip]')) {
      const name = element.dataset['strip'] === 'members' ? 'members' : 'cost'
      draw(element, `strip ${name}`, name === 'members' ? 'count' : 'money', strip(name, shown, colours), 92)
    }
    for (const [key, chart] of charts) {
      if (wanted.has(key)) continue
      chart.destroy()
      charts.delete(key)
    }
    showValues(root, shown, cursor)
    root.dataset['drawn'] = searchOf(view)
  }

  const handlers: Pick<ChartOptions, 'hover' | 'zoom' | 'back'> = {
    hover: (at) => pointAt(at),
    zoom: (span) => zoomTo(between(span.fromAt, span.toAt)),
    back,
  }

  function pointAt(at: number | null): void {
    cursor = at
    if (loaded === null) return
    for (const chart of charts.values()) chart.point(at)
    showValues(root, loaded, at)
    const words = root.querySelector('.range-words')
    words?.toggleAttribute('data-at', at !== null)
    if (words instanceof HTMLElement)
      words.dataset['cursor'] = at === null ? '' : timeWords(at, loaded, poolNow().timeZone)
  }

  function say(text: string): void {
    const element = document.getElementById('readout')
    if (element !== null) element.textContent = text
  }

  function redrawAll(): void {
    draw()
    drawCharts()
  }

  /** When a stat was reported last, as far as this page has heard. */
  function newestOf(stat: string): number | null {
    const line = loaded?.lines.findLast((one) => one.stat === stat && one.member === null)
    const index = line?.mean.findLastIndex((value) => value !== null) ?? -1
    const stored = line?.at[index]
    const heard = statAt.get(stat)
    return stored === undefined ? (heard ?? null) : Math.max(stored + (line?.stepMs ?? 0), heard ?? 0)
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
    if (news.kind === 'message' && news.message.kind === 'card') scaling.heard(news.message.card)
    if (news.kind !== 'samples' || loaded === null || view.range.kind !== 'last') return
    const own = news.samples.find(({ pool }) => pool === poolNow().id)
    if (own === undefined) return
    for (const { at, stats } of own.members)
      for (const stat of Object.keys(stats)) statAt.set(stat, Math.max(at, statAt.get(stat) ?? 0))
    // A stat that was never reported before is one more to pick.
    const fresh = [...statAt.keys()].filter((stat) => !poolNow().stats.includes(stat))
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
      if (loaded !== null) say(spoken(at, view, loaded, poolNow().timeZone))
    },
    mark: (span) => charts.forEach((chart) => chart.select(span)),
    zoom: handlers.zoom,
    move: (by) => zoomTo(changed(view.range, now(), by)),
    back,
    say,
  })
  addEventListener('popstate', () => {
    view = readView(location.search, known) ?? view
    reload()
  })
  addEventListener(
    'resize',
    oncePerFrame(() => draw()),
  )
  setInterval(() => {
    if (document.hidden || loaded === null || view.range.kind !== 'last' || asking !== null) return
    const { fromAt, toAt } = spanOf(view.range, now())
    get<Loaded['beside']>(
      `/api/stats/beside?pool=${encodeURIComponent(view.pool)}&from=${Math.round(fromAt)}&to=${Math.round(toAt)}`,
    ).then(
      (beside) => {
        if (loaded !== null) loaded = { ...loaded, beside }
        redrawAll()
      },
      () => undefined,
    )
  }, BESIDE_MS)
  reload()
  follow(root.dataset['shared'] ?? '', {
    place: () => place,
    // What the channel shows is not shown here.
    behind: () => undefined,
    hear,
    samples: true,
  })
}
