import type { RailState, RailStep, Wish } from './state.ts'

/** From here on visitors wait, and from here on they leave, ms. */
const SLOW_MS = 300
const BAD_MS = 1500
const WIDTH = 180
const HEIGHT = 40

const OWN = [
  'This demo’s DigitalOcean is a stand-in on your machine. To look after a droplet of your own:',
  [
    'End the demo: Ctrl-C in its terminal.',
    'Start Spinup there: npm start',
    'Open the address it prints and press “Connect a pool”.',
  ],
  'The page asks for access to your DigitalOcean account, and for the droplet and its load balancer. Nothing is made or changed before you have seen it.',
] as const

const rail = document.getElementById('demo-rail')
if (rail !== null) begin(rail)

function begin(root: HTMLElement): void {
  const steps = make('ol', 'story-steps')
  const number = make('strong', 'story-number')
  const measure = make('small', 'story-measure', 'p95, at their end')
  const curve = svg('path', { class: 'story-line' })
  const area = svg('path', { class: 'story-area' })
  const chart = svg('svg', {
    class: 'story-chart',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': 'What visitors waited, last three minutes',
  })
  chart.append(area, curve)
  const feel = make('div', 'story-felt')
  feel.append(make('span', 'story-label', 'What visitors feel'), number, measure, chart)
  const now = make('p', 'hidden')
  now.role = 'status'
  const own = ownDroplet()
  const crowd = button('Send another crowd', 'primary', () => wish('crowd'))
  const mode = button('', '', () => wish(asks ? 'auto' : 'approve'))
  const next = make('div', 'story-next')
  next.append(
    button('Connect your own droplet', '', () => own.showModal()),
    crowd,
    mode,
  )
  root.replaceChildren(steps, feel, next, now, own)

  let asks = false
  let drawn = ''
  const draw = (state: RailState): void => {
    // Only what changed: a page reader would read it all again, and a focused button be gone.
    const texts = JSON.stringify(state.steps)
    if (texts !== drawn) {
      drawn = texts
      steps.replaceChildren(...state.steps.map(stepOf))
      const current = state.steps.find((step) => step.state === 'now' || step.state === 'failed')
      now.textContent = current === undefined ? '' : `${current.name}: ${current.text}`
    }
    asks = state.asks
    mode.textContent = asks ? 'Back to auto mode' : 'Try approve mode'
    next.hidden = !state.ended
    for (const one of [crowd, mode]) one.disabled = state.offers === 'nothing'
    const { p95Ms } = state
    feel.dataset['feel'] = p95Ms === null ? 'none' : p95Ms < SLOW_MS ? 'good' : p95Ms < BAD_MS ? 'warn' : 'bad'
    number.textContent =
      p95Ms === null ? '–' : p95Ms < 1000 ? `${Math.round(p95Ms)} ms` : `${(p95Ms / 1000).toFixed(1)} s`
    const line = lineOf(state.trail)
    curve.setAttribute('d', line.curve)
    area.setAttribute('d', line.area)
  }
  // It comes again by itself when the connection drops.
  new EventSource('/demo/events').addEventListener('message', (event: MessageEvent<string>) => {
    draw(JSON.parse(event.data) as RailState)
  })
}

function stepOf({ name, state, text }: RailStep): HTMLElement {
  const item = make('li', 'story-step')
  item.dataset['state'] = state
  if (state === 'now') item.ariaCurrent = 'step'
  const head = make('span', 'story-name', name)
  const said = { next: 'to come', now: 'now', done: 'done', failed: 'failed' }[state]
  head.append(make('span', 'hidden', `, ${said}`))
  item.append(head, make('p', 'story-text', text))
  return item
}

function wish(name: Wish): void {
  void fetch('/demo/wish', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ wish: name }),
  }).catch(() => undefined)
}

/** How to go on with a droplet that is no stand-in. */
function ownDroplet(): HTMLDialogElement {
  const dialog = document.createElement('dialog')
  dialog.className = 'story-own'
  dialog.setAttribute('aria-labelledby', 'story-own-title')
  const title = make('h2', '', 'Connect your own droplet')
  title.id = 'story-own-title'
  const list = make('ol', '')
  list.append(...OWN[1].map((line) => make('li', '', line)))
  dialog.append(
    title,
    make('p', '', OWN[0]),
    list,
    make('p', '', OWN[2]),
    button('Close', 'primary', () => dialog.close()),
  )
  return dialog
}

/** The curve over the last three minutes, and the area below it; a second without visitors is a gap. */
function lineOf(trail: RailState['trail']): { readonly curve: string; readonly area: string } {
  const top = Math.max(BAD_MS, ...trail.map((ms) => ms ?? 0)) * 1.05
  let curve = ''
  let area = ''
  let from: string | null = null
  let x = ''
  for (const [index, ms] of [...trail, null].entries()) {
    if (ms !== null) {
      x = (WIDTH - trail.length + index + 1).toString()
      const y = (HEIGHT - 1 - (ms / top) * (HEIGHT - 3)).toFixed(1)
      curve += `${from === null ? 'M' : 'L'}${x} ${y}`
      area += from === null ? `M${x} ${HEIGHT}L${x} ${y}` : `L${x} ${y}`
      from ??= x
    } else if (from !== null) {
      area += `L${x} ${HEIGHT}Z`
      from = null
    }
  }
  return { curve, area }
}

function make(name: string, className: string, text = ''): HTMLElement {
  const element = document.createElement(name)
  element.className = className
  element.textContent = text
  return element
}

function button(text: string, kind: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = `button ${kind}`
  made.textContent = text
  made.addEventListener('click', press)
  return made
}

function svg(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}
