import { html, nothing, type TemplateResult } from 'lit-html'
import type { ChartTheme } from '../../core/model/chart.ts'
import type { Alert } from './attention.ts'
import { icon, type IconName } from './icons.ts'

export interface ShellState {
  readonly theme: ChartTheme
  readonly connected: boolean
  readonly signedIn: boolean
  readonly railOpen: boolean
  readonly unseen: number
  /** Read from across the room: larger, and without a line to type. */
  readonly wall: boolean
  wants(alert: Alert): boolean
  toggleAlert(alert: Alert): void
  toggleWall(): void
  toggleTheme(): void
  toggleRail(): void
  toEnd(): void
}

/** The frame of the page; its parts (`#strip`, `#channel`, `#composer`, `#toasts`) are drawn on their own. */
export function shell(state: ShellState): TemplateResult {
  return html`<a class="skip" href="#line" @click=${skip}>Skip to the command line</a>
    <aside class="rail" data-open=${state.railOpen} aria-label="The pool, live">
      ${brand(state)}
      <div id="strip"></div>
    </aside>
    <main class="main">
      <h2 class="hidden">Channel</h2>
      <div class="banner" role="status" ?hidden=${state.connected}>
        <span class="spinner"></span> Reconnecting… what you see may be out of date.
      </div>
      <div class="scroll" id="scroll" tabindex="0" role="region" aria-label="Messages">
        <div
          class="channel"
          id="channel"
          role="log"
          aria-label="Channel"
          aria-live="polite"
          aria-relevant="additions"
        ></div>
      </div>
      <div class="composer-area">
        <button type="button" class="new-pill" ?hidden=${state.unseen === 0} @click=${state.toEnd}>
          ${state.unseen === 1 ? '1 new message' : `${state.unseen} new messages`} ${icon('in')}
        </button>
        <div id="composer"></div>
      </div>
    </main>
    <div class="toasts" id="toasts" role="alert"></div>`
}

function brand(state: ShellState): TemplateResult {
  const other = state.theme === 'dark' ? 'light' : 'dark'
  return html`<header class="brand">
    <img src="/assets/icon.svg" alt="" width="26" height="26" />
    <h1 class="brand-name">Spinup</h1>
    <span class="connection" data-up=${state.connected} role="status" title=${state.connected ? 'Live' : nothing}
      ><span class=${state.connected ? 'hidden' : nothing}>${state.connected ? 'Live' : 'Offline'}</span></span
    >
    <a class="icon-button" href="/stats" aria-label="Statistics" title="Statistics">${icon('chart')}</a>
    <a class="icon-button roomy" href="/visuals" aria-label="Visualisations" title="Visualisations">${icon('draw')}</a>
    ${iconButton('notify', 'bell', 'Notify me of questions and trouble', () => state.toggleAlert('notify'), state.wants('notify'))}
    ${iconButton('sound', state.wants('sound') ? 'sound' : 'silent', 'Sound for questions and trouble', () => state.toggleAlert('sound'), state.wants('sound'))}
    ${iconButton('wall', 'wall', 'Wall view', state.toggleWall, state.wall)}
    ${iconButton('theme', state.theme === 'dark' ? 'sun' : 'moon', `Switch to ${other} theme`, state.toggleTheme)}
    ${
      state.signedIn
        ? html`<form method="post" action="/logout">
            <button type="submit" class="icon-button" aria-label="Sign out" title="Sign out">${icon('leave')}</button>
          </form>`
        : nothing
    }
    <button
      type="button"
      class="icon-button rail-toggle"
      aria-expanded=${state.railOpen}
      aria-controls="strip"
      aria-label=${state.railOpen ? 'Hide members' : 'Show members'}
      @click=${state.toggleRail}
    >
      ${icon('chevron')}
    </button>
  </header>`
}

/** `on`: it is a switch. */
function iconButton(id: string, name: IconName, label: string, press: () => void, on?: boolean): TemplateResult {
  return html`<button
    type="button"
    class="icon-button"
    id=${id}
    aria-label=${label}
    title=${label}
    aria-pressed=${on === undefined ? nothing : on}
    @click=${press}
  >
    ${icon(name)}
  </button>`
}

/** A line in the address would stay there, and be gone to again. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('line')?.focus()
}

/** What an empty channel says: the first step, and its button. */
export function welcome(send: (text: string) => void): TemplateResult {
  return html`<section class="welcome">
    <img src="/assets/icon.svg" alt="" width="64" height="64" />
    <h2>Ready for the front page?</h2>
    <p>
      Connect a droplet and its load balancer. When a crowd arrives, Spinup clones the droplet; when it is quiet again,
      the clones go. You see and steer all of it here.
    </p>
    <div class="actions">
      <button
        type="button"
        class="button primary"
        data-action="run:/spinup connect"
        @click=${() => send('/spinup connect')}
      >
        Connect a pool
      </button>
      <button type="button" class="button plain" @click=${() => send('/spinup help')}>What can I say?</button>
    </div>
    <p class="quiet">or type <code>/spinup connect</code>; <a href="/docs/start">how to begin</a></p>
  </section>`
}
