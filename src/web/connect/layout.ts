import { html, type Markup } from './markup.ts'
import type { Journey } from './session.ts'

export type StepName = 'account' | 'droplet' | 'balancer' | 'members' | 'confirm'

const STEPS: readonly { readonly name: StepName; readonly label: string }[] = [
  { name: 'account', label: 'Account' },
  { name: 'droplet', label: 'Droplet' },
  { name: 'balancer', label: 'Balancer' },
  { name: 'members', label: 'Clones' },
  { name: 'confirm', label: 'Confirm' },
]

/** What a page shows beside its own content. */
export interface Frame {
  readonly title: string
  /** Where in the steps it is; null: outside of them. */
  readonly step: StepName | null
  readonly journey: Journey | null
  /** What went wrong, shown first. */
  readonly problem?: Markup | string | null
}

/** A whole page. It works without scripts; the one it loads only makes searching quicker. */
export function page(frame: Frame, content: Markup): string {
  const { title, step, journey, problem = null } = frame
  const who = journey?.order.asker.actor.name ?? null
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="dark light" />
        <meta name="robots" content="noindex" />
        <title>${title} · Spinup</title>
        <link rel="icon" href="/connect/assets/icon.svg" type="image/svg+xml" />
        <script src="/connect/assets/first.js"></script>
        <link rel="stylesheet" href="/connect/assets/connect-style.css" />
        <script type="module" src="/connect/assets/connect.js"></script>
      </head>
      <body>
        <div class="frame">
          <header class="top">
            <img src="/connect/assets/icon.svg" alt="" width="28" height="28" />
            <span class="brand-name">Spinup</span>
            ${who === null ? null : html`<span class="asked">requested by ${who}</span>`}
          </header>
          ${step === null || journey === null || journey.order.poolId !== null ? null : progress(step, journey)}
          <main class="sheet">
            <h1>${title}</h1>
            ${problem === null ? null : html`<div class="problem" role="alert">${typeof problem === 'string' ? html`<p>${problem}</p>` : problem}</div>`}
            ${content}
          </main>
        </div>
      </body>
    </html> `.markup
}

/** How far a journey may be walked: a step is open when those before it are done. */
export function reached(journey: Journey): StepName {
  if (journey.account === null) return 'account'
  if (journey.droplet === null) return 'droplet'
  if (journey.balancer === null) return 'balancer'
  return journey.members === null ? 'members' : 'confirm'
}

function progress(step: StepName, journey: Journey): Markup {
  const at = STEPS.findIndex(({ name }) => name === step)
  const furthest = STEPS.findIndex(({ name }) => name === reached(journey))
  return html`<nav aria-label="Steps">
    <ol class="walk">
      ${STEPS.map(({ name, label }, index) => {
        const state = index === at ? 'doing' : index < furthest ? 'done' : 'todo'
        const mark = html`<span class="mark" aria-hidden="true">${state === 'done' ? '✓' : index + 1}</span>${label}`
        const open = index !== at && index <= furthest
        return html`<li data-state="${state}" ${index === at ? html` aria-current="step"` : null}>
          ${open ? html`<a href="/connect/${name}">${mark}</a>` : html`<span>${mark}</span>`}
        </li>`
      })}
    </ol>
  </nav>`
}

/** A form of this journey; `path` after `/connect/`. */
export function form(journey: Journey, path: string, content: Markup): Markup {
  return html`<form method="post" action="/connect/${path}">
    <input type="hidden" name="csrf" value="${journey.csrf}" />
    ${content}
  </form>`
}
