import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { isolated } from '../../core/model/clean.ts'
import type { ChartTheme } from '../../core/model/chart.ts'
import type { About } from '../../core/visual/drawing.ts'
import type { VisualVersion } from '../../core/visual/library.ts'
import { icon } from '../console/icons.ts'
import type { Known, Picked } from './api.ts'

/** What the page shows. */
export interface PageState {
  readonly known: Known
  readonly theme: ChartTheme
  /** Empty: it has none yet. */
  readonly name: string
  /** Nothing is kept of it yet. */
  readonly isNew: boolean
  readonly dirty: boolean
  readonly versions: readonly VisualVersion[]
  readonly picked: Picked
  /** Where it would be shown, and when. */
  readonly place: string
  readonly every: { readonly days: string; readonly time: string }
  readonly about: About | null
  readonly picture: { readonly source: string; readonly alt: string; readonly leftOut: readonly string[] } | null
  readonly problem: { readonly message: string; readonly line: number | null } | null
  readonly drawing: boolean
  /** What is being done; empty: nothing. */
  readonly busy: '' | 'open' | 'save' | 'restore' | 'remove' | 'show' | 'schedule'
}

export interface PageActions {
  toggleTheme(): void
  open(name: string): void
  start(source: string): void
  rename(name: string): void
  pick(change: Partial<Picked>): void
  goTo(line: number): void
  save(): void
  restore(version: number): void
  remove(): void
  where(place: string): void
  when(change: Partial<PageState['every']>): void
  show(): void
  schedule(): void
}

/** The whole page; `#editor` stays as it is. */
export function frame(state: PageState, on: PageActions): TemplateResult {
  const other = state.theme === 'dark' ? 'light' : 'dark'
  return html`<a class="skip" href="#editor" @click=${skip}>Skip to the editor</a>
    <header class="page-top visuals-top">
      <a class="page-back" href="/"><img src="/assets/icon.svg" alt="" width="26" height="26" />Console</a>
      <h1>Visualisations</h1>
      <button
        type="button"
        class="icon-button"
        aria-label="Switch to ${other} theme"
        title="Switch to ${other} theme"
        @click=${on.toggleTheme}
      >
        ${icon(state.theme === 'dark' ? 'sun' : 'moon')}
      </button>
    </header>
    <main class="visuals">
      ${shelf(state, on)}
      <section class="visuals-write" aria-label="Editor">
        ${bar(state, on)}
        <div id="editor" class="visuals-editor"></div>
        ${problem(state, on)}
      </section>
      <section class="visuals-see" aria-label="Preview">
        ${preview(state, on)} ${out(state, on)} ${past(state, on)}
      </section>
    </main>`
}

function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('editor')?.shadowRoot?.querySelector<HTMLElement>('.cm-content')?.focus()
}

function shelf({ known, name, isNew }: PageState, on: PageActions): TemplateResult {
  const own = known.visuals.filter(({ version }) => version !== null)
  return html`<nav class="visuals-shelf" aria-label="Visualisations">
    <div>
      <h2>Yours</h2>
      ${
        own.length === 0
          ? html`<p class="quiet">None yet. What you save is listed here.</p>`
          : html`<ul class="chips">
              ${own.map(
                (one) =>
                  html`<li>
                    <button
                      type="button"
                      class="chip"
                      aria-pressed=${!isNew && one.name === name}
                      @click=${() => on.open(one.name)}
                    >
                      ${one.name}
                    </button>
                  </li>`,
              )}
            </ul>`
      }
    </div>
    <div>
      <h2>Begin with</h2>
      <ul class="chips">
        ${known.examples.map(
          (example) =>
            html`<li>
              <button type="button" class="chip" @click=${() => on.start(example.source)}>${example.name}</button>
            </li>`,
        )}
      </ul>
    </div>
  </nav>`
}

function bar(state: PageState, on: PageActions): TemplateResult {
  const { isNew, name, dirty, busy } = state
  const newest = state.versions[0]?.number
  const standing = isNew ? 'Not saved yet' : dirty ? 'Changed' : `Version ${newest ?? 1}, saved`
  return html`<form
    class="visuals-bar"
    @submit=${(event: Event) => {
      event.preventDefault()
      on.save()
    }}
  >
    <label for="name">Name</label>
    <input
      id="name"
      type="text"
      .value=${live(name)}
      placeholder="my-cloud"
      maxlength="32"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      ?readonly=${!isNew}
      @input=${(event: Event) => on.rename(valueOf(event))}
    />
    <span class="visuals-standing" role="status">${standing}</span>
    <button type="submit" class="button primary" data-state=${busy === 'save' ? 'pending' : 'idle'}>
      <span>Save</span>
    </button>
  </form>`
}

function problem({ problem: found, drawing, known }: PageState, on: PageActions): TemplateResult {
  const nothingThere = known.pools.length === 0
  return html`<div class="visuals-problem" role="status" data-tone=${found === null ? 'good' : 'bad'}>
    ${
      found === null
        ? html`<span
            >${drawing ? 'Drawing…' : nothingThere ? 'Connect a pool, and it is drawn as you write.' : 'Drawn as it is written.'}</span
          >`
        : html`${icon('warn')}<span>${found.line === null ? nothing : html`<b>Line ${found.line}:</b> `}${isolated(found.message)}</span>${
            found.line === null
              ? nothing
              : html`<button type="button" class="button plain" @click=${() => on.goTo(found.line ?? 1)}>
                  Go to line ${found.line}
                </button>`
          }`
    }
  </div>`
}

const RANGES = ['1h', '6h', '1d', '7d', '28d']

function preview(state: PageState, on: PageActions): TemplateResult {
  const { picture, picked, known, about, problem: wrong } = state
  const pool = known.pools.find(({ name }) => name === picked.pool)
  const { needs = {} } = about ?? {}
  const names = [
    ...(needs.tags === undefined ? [] : (pool?.texts ?? [])),
    ...(needs.stats === undefined ? [] : (pool?.stats ?? [])),
  ]
  const chosen = (name: string): TemplateResult =>
    html`<option value=${name} .selected=${live(picked.of === name)}>${name}</option>`
  return html`<h2>Preview</h2>
    <div class="visuals-pickers">
      ${
        known.pools.length < 2
          ? nothing
          : html`<label
              >Pool
              <select @change=${(event: Event) => on.pick({ pool: valueOf(event), of: '' })}>
                ${known.pools.map(({ name }) => html`<option value=${name} .selected=${live(picked.pool === name)}>${name}</option>`)}
              </select></label
            >`
      }
      ${
        names.length === 0
          ? nothing
          : html`<label
              >Of
              <select @change=${(event: Event) => on.pick({ of: valueOf(event) })}>
                <option value="" .selected=${live(picked.of === '')}>what it needs</option>
                ${names.map(chosen)}
              </select></label
            >`
      }
      <label
        >Last
        <select @change=${(event: Event) => on.pick({ last: valueOf(event) })}>
          <option value="" .selected=${live(picked.last === '')}>${needs.range ?? 'as it says'}</option>
          ${RANGES.filter((range) => range !== needs.range).map(
            (range) => html`<option value=${range} .selected=${live(picked.last === range)}>${range}</option>`,
          )}
        </select></label
      >
      ${Object.entries(about?.options ?? {}).map(([name, usual]) => option(name, usual, picked, on))}
    </div>
    <figure class="visuals-picture" data-stale=${wrong !== null}>
      ${
        picture === null
          ? html`<div class="visuals-blank">Here is the picture.</div>`
          : html`<img
                src=${picture.source}
                alt=${picture.alt || 'The picture; the module does not say what is on it'}
              />
              <figcaption>
                ${picture.alt === '' ? html`<span class="quiet">Add <code>describe</code> for those who cannot see it.</span>` : isolated(picture.alt)}
                ${
                  picture.leftOut.length === 0
                    ? nothing
                    : html`<span class="visuals-left-out"
                        >Left out, as it is not allowed: ${picture.leftOut.join(', ')}</span
                      >`
                }
              </figcaption>`
      }
    </figure>`
}

function option(name: string, usual: string | number | boolean, picked: Picked, on: PageActions): TemplateResult {
  const set = (value: string): void => {
    const { [name]: _, ...others } = picked.options
    on.pick({ options: value === String(usual) ? others : { ...others, [name]: value } })
  }
  const value = picked.options[name] ?? String(usual)
  return typeof usual === 'boolean'
    ? html`<label class="visuals-check"
        ><input
          type="checkbox"
          .checked=${live(value === 'true')}
          @change=${(event: Event) => set(String((event.target as HTMLInputElement).checked))}
        />${name}</label
      >`
    : html`<label
        >${name}
        <input
          type=${typeof usual === 'number' ? 'number' : 'text'}
          step="any"
          .value=${live(value)}
          @change=${(event: Event) => set(valueOf(event))}
      /></label>`
}

const DAYS: readonly (readonly [value: string, label: string])[] = [
  ['day', 'every day'],
  ['weekday', 'on weekdays'],
  ['mon', 'on Mondays'],
  ['tue', 'on Tuesdays'],
  ['wed', 'on Wednesdays'],
  ['thu', 'on Thursdays'],
  ['fri', 'on Fridays'],
  ['sat', 'on Saturdays'],
  ['sun', 'on Sundays'],
]

/** Ways into a channel. */
function out({ known, place, every, busy, problem: wrong, isNew, dirty }: PageState, on: PageActions): TemplateResult {
  const before = isNew || dirty ? 'Save and ' : ''
  const label = (text: string): string => (before === '' ? text : before + text.toLowerCase())
  return html`<h2>In chat</h2>
    <div class="visuals-pickers">
      <label
        >Where
        <select id="place" @change=${(event: Event) => on.where(valueOf(event))}>
          ${known.places.map(({ id, label: name }) => html`<option value=${id} .selected=${live(id === place)}>${name}</option>`)}
        </select></label
      >
      <button
        type="button"
        class="button"
        ?disabled=${wrong !== null}
        data-state=${busy === 'show' ? 'pending' : 'idle'}
        @click=${on.show}
      >
        <span>${label('Show in channel')}</span>
      </button>
    </div>
    <div class="visuals-pickers">
      <label
        >When
        <select id="days" @change=${(event: Event) => on.when({ days: valueOf(event) })}>
          ${DAYS.map(([value, name]) => html`<option value=${value} .selected=${live(value === every.days)}>${name}</option>`)}
        </select></label
      >
      <label
        >At
        <input
          id="time"
          type="time"
          required
          .value=${live(every.time)}
          @change=${(event: Event) => on.when({ time: valueOf(event) })}
      /></label>
      <button
        type="button"
        class="button"
        ?disabled=${wrong !== null}
        data-state=${busy === 'schedule' ? 'pending' : 'idle'}
        @click=${on.schedule}
      >
        <span>${label('Schedule')}</span>
      </button>
    </div>`
}

function past({ versions, isNew, busy }: PageState, on: PageActions): TemplateResult | typeof nothing {
  if (isNew) return nothing
  return html`<h2>Versions</h2>
    <ol class="visuals-versions">
      ${versions.map(
        ({ number, at, by, from }, index) =>
          html`<li>
            <span
              ><b>${number}</b> ${new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })},
              <bdi>${by}</bdi>${from === null ? nothing : html`, version ${from} again`}</span
            >
            ${
              index === 0
                ? html`<span class="badge tone-good">now</span>`
                : html`<button
                    type="button"
                    class="button"
                    aria-label="Restore version ${number}"
                    ?disabled=${busy !== ''}
                    @click=${() => on.restore(number)}
                  >
                    Restore
                  </button>`
            }
          </li>`,
      )}
    </ol>
    <button type="button" class="button danger" ?disabled=${busy !== ''} @click=${on.remove}>Remove</button>`
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value
}
