import { html, nothing, type TemplateResult } from 'lit-html'
import { statValue } from '../../core/model/words.ts'

const PATHS = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M7 7l10 10M17 7L7 17',
  info: 'M12 11v5.5M12 7.6v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  warn: 'M12 9v4.5M12 16.9v.1M10.3 4.5L2.9 17.5A2 2 0 0 0 4.6 20.5h14.8a2 2 0 0 0 1.7-3L13.7 4.5a2 2 0 0 0-3.4 0z',
  out: 'M12 19V5M6 11l6-6 6 6',
  in: 'M12 5v14M6 13l6 6 6-6',
  hold: 'M9 6v12M15 6v12',
  question: 'M9.2 9.2a2.9 2.9 0 1 1 4.2 2.7c-.9.5-1.4 1.1-1.4 2.1M12 17v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  clock: 'M12 7.5V12l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  pin: 'M12 17v4.5M8 3.5h8l-1 6 3 3.5v1.5H6V13l3-3.5z',
  pause: 'M9 6v12M15 6v12',
  shield: 'M12 3l7.5 2.7v5.8c0 4.5-3.1 7.8-7.5 9.5-4.4-1.7-7.5-5-7.5-9.5V5.7z',
  bell: 'M6 9.5a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4s2-1.5 2-6.5M10 19.5a2.2 2.2 0 0 0 4 0',
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  silent: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  wall: 'M3 5h18v12H3zM8.5 20.5h7M12 17v3.5',
  mute: 'M4 4l16 16M9.5 5.6A7 7 0 0 1 19 12M5 12a7 7 0 0 1 1.3-4.1M8.5 12a3.5 3.5 0 0 0 5 3.2',
  copy: 'M9 9h10.5v10.5H9zM5.5 15H4.5V4.5H15v1',
  send: 'M5 12h13M12.5 6l6 6-6 6',
  sun: 'M12 2.5v2M12 19.5v2M4.5 12h-2M21.5 12h-2M6.3 6.3L5 5M19 19l-1.3-1.3M6.3 17.7L5 19M19 5l-1.3 1.3M16.2 12a4.2 4.2 0 1 1-8.4 0 4.2 4.2 0 0 1 8.4 0z',
  moon: 'M20 14.2A8.3 8.3 0 0 1 9.8 4a8.3 8.3 0 1 0 10.2 10.2z',
  draw: 'M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19zM14.5 6.5l3 3',
  chart: 'M4 4v15.5h16M8 15l3.5-4.5 3 2.5L19 7.5',
  gear: 'M4 7h9M17 7h3M4 17h3M11 17h9M17 7a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM11 17a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
  history: 'M3.5 12a8.5 8.5 0 1 0 2.7-6.2M3.5 4v4.5H8M12 7.5V12l3 2',
  replay: 'M20.5 12a8.5 8.5 0 1 1-2.7-6.2M20.5 4v4.5H16M10 9l5 3-5 3z',
  plug: 'M9 3.5v5M15 3.5v5M6.5 8.5h11v2.5a5.5 5.5 0 0 1-11 0zM12 16.5v4.5',
  pulse: 'M3 12h4l2.5-7 5 14 2.5-7h4',
  chat: 'M20.5 12a8 8 0 0 1-11.8 7L4 20.5 5.2 16A8 8 0 1 1 20.5 12z',
  chevron: 'M7 10l5 5 5-5',
  leave: 'M9.5 4.5h-5v15h5M9.5 12h11M16.5 8l4 4-4 4',
  expand: 'M14.5 4.5h5v5M9.5 19.5h-5v-5M19.5 4.5L14 10M4.5 19.5L10 14',
} as const

export type IconName = keyof typeof PATHS

/** A line drawing in the text's colour; hidden from screen readers, so a label goes beside it. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]}></path></svg>`
}

/** A bar of a stat with a tick at its target; other stats than fractions are drawn against twice their target. */
export function loadBar(stat: string, value: number | null, target: number): TemplateResult {
  const full = statValue(stat, 1) === '100 %' ? 1 : target * 2
  const part = value === null || full <= 0 ? 0 : Math.min(1, Math.max(0, value / full))
  const heat =
    value === null
      ? 'none'
      : value > Math.max(target * 1.25, full * 0.85)
        ? 'hot'
        : value > target * 1.02
          ? 'warm'
          : 'calm'
  return html`<span
    class="load-bar"
    data-heat=${heat}
    .style=${`--part: ${part}; --target: ${full <= 0 ? 0 : Math.min(1, target / full)}`}
    role="img"
    aria-label=${value === null ? 'load unknown' : `${statValue(stat, value)}, target ${statValue(stat, target)}`}
    ><span class="load-fill"></span>${target > 0 ? html`<span class="load-tick"></span>` : nothing}</span
  >`
}
