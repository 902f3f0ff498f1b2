import { html, type TemplateResult } from 'lit-html'
import type { ChartTheme } from '../../core/model/chart.ts'
import { icon } from './icons.ts'

export interface ShellState {
  readonly theme: ChartTheme
  readonly connected: boolean
  readonly signedIn: boolean
  readonly railOpen: boolean
  readonly unseen: number
  toggleTheme(): void
  toggleRail(): void
  toEnd(): void
}

/** The frame of the page; its parts (`#strip`, `#channel`, `#composer`, `#toasts`) are drawn on their own. */
export function shell(state: ShellState): TemplateResult {
  const other = state.theme === 'dark' ? 'light' : 'dark'
  return html`<aside class="rail" data-open=${state.railOpen} aria-label="The pool, live">
      <header class="brand">
        <img src="/assets/icon.svg" alt="" width="26" height="26" />
        <span class="brand-name">Spinup</span>
        <span class="connection" data-up=${state.connected} role="status">${state.connected ? 'Live' : 'Offline'}</span>
        <button
          type="button"
          class="icon-button"
          id="theme"
          aria-label="Switch to ${other} theme"
          title="Switch to ${other} theme"
          @click=${state.toggleTheme}
        >
          ${icon(state.theme === 'dark' ? 'sun' : 'moon')}
        </button>
        ${
          state.signedIn
            ? html`<form method="post" action="/logout">
                <button type="submit" class="icon-button" aria-label="Sign out" title="Sign out">
                  ${icon('leave')}
                </button>
              </form>`
            : ''
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
      </header>
      <div id="strip"></div>
    </aside>
    <main class="main">
      <div class="banner" role="status" ?hidden=${state.connected}>
        <span class="spinner"></span> Reconnecting… what you see may be out of date.
      </div>
      <div class="scroll" id="scroll" tabindex="-1">
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
    <p class="quiet">or type <code>/spinup connect</code></p>
  </section>`
}
