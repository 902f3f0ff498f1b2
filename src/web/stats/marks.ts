import { html, nothing, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import { isolated } from '../../core/model/clean.ts'
import type { StatMark } from '../../core/model/stats-page.ts'
import type { TimeZone } from '../../core/model/time-zone.ts'
import { icon, type IconName } from '../console/icons.ts'
import { EDGES } from './chart.ts'
import { timeWords } from './readout.ts'
import type { Span } from './view.ts'

const ICONS: Readonly<Record<StatMark['kind'], IconName>> = {
  out: 'out',
  in: 'in',
  refresh: 'replay',
  decision: 'question',
  pin: 'pin',
  policy: 'gear',
}

/** Marks this near to each other are one, px. */
const NEAR_PX = 26

/** What happened, above the charts where their lines are; each leads to its page. */
export function markStrip(
  marks: readonly StatMark[],
  span: Span,
  width: number,
  zone: TimeZone,
): TemplateResult | typeof nothing {
  if (marks.length === 0 || width <= 0) return nothing
  const inner = width - EDGES.left - EDGES.right
  const xOf = (at: number): number => EDGES.left + ((at - span.fromAt) / (span.toAt - span.fromAt)) * inner
  const groups: (readonly [x: number, marks: StatMark[]])[] = []
  for (const mark of marks) {
    if (mark.at < span.fromAt || mark.at > span.toAt) continue
    const [x, group] = groups.at(-1) ?? [Number.NEGATIVE_INFINITY, []]
    if (xOf(mark.at) - x < NEAR_PX) group.push(mark)
    else groups.push([xOf(mark.at), [mark]])
  }
  return html`<nav class="marks" aria-label="What happened">
    ${repeat(
      groups,
      ([, [first]]) => first?.page,
      ([x, group]) => markLink(x, group, (at) => timeWords(at, span, zone)),
    )}
  </nav>`
}

/** Of several the weightiest is shown: a scale event before what people did. */
function markLink(x: number, group: readonly StatMark[], when: (at: number) => string): TemplateResult {
  const shown = group.find(({ kind }) => kind === 'out' || kind === 'in') ?? group[0]
  if (shown === undefined) return html``
  const words = group.map(({ at, what }) => `${when(at)} ${what}`).join('\n')
  const text = group.length > 1 ? String(group.length) : shown.kind === 'out' || shown.kind === 'in' ? shown.label : ''
  return html`<a
    class="mark-link"
    data-kind=${shown.kind}
    href="/e/${encodeURIComponent(shown.page)}"
    title=${words}
    aria-label=${words}
    .style=${`left: ${x.toFixed(1)}px`}
  >
    ${icon(ICONS[shown.kind])}${text === '' ? nothing : html`<span>${text}</span>`}
  </a>`
}

/** The same as a list. */
export function markList(marks: readonly StatMark[], span: Span, zone: TimeZone): TemplateResult {
  return html`<ul class="mark-list">
    ${marks.map(
      ({ at, kind, what, page }) =>
        html`<li data-kind=${kind}>
          ${icon(ICONS[kind])}<a href="/e/${encodeURIComponent(page)}">${timeWords(at, span, zone)}</a>
          <span>${isolated(what)}</span>
        </li>`,
    )}
  </ul>`
}
