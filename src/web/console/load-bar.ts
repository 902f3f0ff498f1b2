import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { statValue } from '../../core/model/words.ts'

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
