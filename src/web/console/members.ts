import { html, nothing, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { MemberPhase } from '../../core/model/member.ts'
import type { MemberLine, OverrideLine, StatusView } from '../../core/model/view.ts'
import { plainNumber, statValue } from '../../core/model/words.ts'
import { isolated } from '../../core/model/clean.ts'
import { icon, loadBar } from './icons.ts'
import { when } from './when.ts'

const PHASES: Readonly<Record<MemberPhase, string>> = {
  creating: 'creating',
  booting: 'booting',
  joining: 'joining',
  inService: 'in service',
  draining: 'draining',
  deleting: 'deleting',
  failed: 'failed',
}

/** A row per member: who, how far in its life, how loaded. */
export function memberRows(view: StatusView): TemplateResult {
  return html`<ul class="members">
    ${repeat(
      view.members,
      ({ id }) => id,
      (member) => memberRow(view, member),
    )}
  </ul>`
}

function memberRow(view: StatusView, member: MemberLine): TemplateResult {
  const { phase } = member
  const moving = phase !== 'inService' && phase !== 'failed'
  return html`<li class="member" data-phase=${phase} data-member=${member.id}>
    <span class="member-name" title=${member.id}><bdi>${member.id}</bdi></span>
    <span class="member-marks">
      ${member.role === 'origin' ? html`<span class="mark" title="The team's own droplet; never deleted">origin</span>` : nothing}
      ${member.protected ? html`<span class="mark" title="Protected from scale in">${icon('shield')}<span class="hidden">protected</span></span>` : nothing}
      ${member.silent ? html`<span class="mark warn" title="Its agent has stopped reporting">${icon('mute')}not reporting</span>` : nothing}
      ${(member.odd ?? null) === null ? nothing : html`<span class="mark warn" title=${member.odd}>unlike the others</span>`}
    </span>
    <span class="phase" data-phase=${phase}>
      ${PHASES[phase]}${moving ? html` <span class="phase-time">${when(member.phaseAt, 'elapsed')}</span>` : nothing}
    </span>
    ${
      moving && phase !== 'draining'
        ? html`<span class="load-bar moving"></span>`
        : loadBar(view.stat, member.load, view.target)
    }
    <span class="member-load">${member.load !== null ? statValue(view.stat, member.load) : moving ? '' : '–'}</span>
    <span class="member-rps"
      >${member.rps === null ? '' : html`${plainNumber(Math.round(member.rps))} <small>req/s</small>`}</span
    >
  </li>`
}

const OVERRIDE_ICONS = { pin: 'pin', pause: 'pause', protect: 'shield' } as const

/** Pins, pauses and protections with the time they have left. */
export function overrideRows(overrides: readonly OverrideLine[]): TemplateResult | typeof nothing {
  if (overrides.length === 0) return nothing
  return html`<ul class="overrides">
    ${overrides.map(
      ({ what, text, owner, reason, expiresAt }) =>
        html`<li class="override">
          ${icon(OVERRIDE_ICONS[what])}
          <span class="override-text"
            ><strong>${isolated(text)}</strong
            ><small><bdi>${owner.name}</bdi>${reason === '' ? nothing : html` · <bdi>${reason}</bdi>`}</small></span
          >
          <span class="override-left">${expiresAt === null ? 'until lifted' : when(expiresAt, 'left')}</span>
        </li>`,
    )}
  </ul>`
}
