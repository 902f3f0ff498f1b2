import { html, nothing, type TemplateResult } from 'lit-html'
import type { Block, Cell, Mark, Row, Span, Text, Words } from '../../../core/cards/card.ts'
import { listed, pageWords } from '../../../core/cards/words.ts'
import { actions, chart, facts, whole, type CardContext } from '../card.ts'
import { icon } from '../icons.ts'
import { when } from '../when.ts'
import { ICONS, toneOf } from './marks.ts'
import type { PageRef, StepLine } from '../../../core/model/view.ts'
import { percent } from '../../../core/model/words.ts'

/** The pieces of a card in their order. */
export function renderBlocks(blocks: readonly Block[], context: CardContext): readonly unknown[] {
  return blocks.map((block) => renderBlock(block, context))
}

function renderBlock(block: Block, context: CardContext): TemplateResult | typeof nothing {
  switch (block.kind) {
    case 'text':
      return sentences(block)
    case 'facts':
      return block.rank === 'detail' ? inputs(block) : facts(block.facts)
    case 'rows':
      return html`<ul class="rows">
        ${block.rows.map((row) => rowOf(row, context))}
      </ul>`
    case 'table':
      return tableOf(block)
    case 'steps':
      return stepper(block.steps)
    case 'question':
      return question(block, context)
    case 'chart':
      return chart(block.chart, context)
    case 'line':
      return commandLine(block.line, context)
    case 'choices':
      // What a menu is a shortcut to is one press away on this page.
      return block.menu ? nothing : choices(block.choices, context)
    case 'notes':
      return html`<ul class="notes">
        ${block.notes.map((note) => html`<li>${wordsOf(note, context)}</li>`)}
      </ul>`
    case 'actions':
      return actions(block.actions, context)
    default:
      return block satisfies never
  }
}

function sentences({ text, from }: Text): TemplateResult {
  return from === 'anyone' ? html`<p class="reason" dir="auto">${whole(text)}</p>` : prose(text)
}

/** Many figures, in columns. */
function inputs({ facts: list }: Block & { readonly kind: 'facts' }): TemplateResult {
  return html`<dl class="inputs">
    ${list.map(
      ({ name, value }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${whole(value)}</dd>
        </div>`,
    )}
  </dl>`
}

function rowOf({ mark, words, under, share }: Row, context: CardContext): TemplateResult {
  return html`<li class="tone-${mark === null ? 'accent' : toneOf(mark)}" data-mark=${mark ?? nothing}>
    ${mark === null ? nothing : markOf(mark)}
    <div class="row-words">
      ${wordsOf(words, context)} ${under === undefined ? nothing : html`<div class="row-under">${prose(under)}</div>`}
      ${share === undefined ? nothing : html`<span class="bar" aria-hidden="true" .style=${`--part: ${share}`}></span>`}
    </div>
  </li>`
}

function markOf(mark: Mark): TemplateResult {
  const name = ICONS[mark]
  return html`<span class="row-mark">${name === null ? html`<i class="dot"></i>` : icon(name)}</span>`
}

function wordsOf(words: Words, context: CardContext): readonly unknown[] {
  return words.map((span) => spanOf(span, context))
}

function spanOf(span: Span, context: CardContext): unknown {
  if (typeof span === 'string') return whole(span)
  if ('strong' in span) return html`<strong>${whole(span.strong)}</strong>`
  if ('page' in span) return html`<a href=${pathOf(span.page)}>${pageWords(span.page)}</a>`
  if ('at' in span) {
    if (span.as === 'until') return html`${when(span.at, 'left')} left`
    return span.as === 'clock' ? when(span.at, 'clock') : when(span.at, 'ago')
  }
  const line = span.type ?? (span.code.startsWith('/') ? span.code : null)
  if (line === null) return html`<code>${span.code}</code>`
  return html`<button type="button" class="chip" title="Put it into the composer" @click=${() => context.suggest(line)}>
    <code>${span.code}</code>
  </button>`
}

function pathOf({ id, of }: PageRef): string {
  return of === 'stats' ? `/stats?${id}` : `/e/${encodeURIComponent(id)}`
}

function tableOf({ head, rows, right }: Block & { readonly kind: 'table' }): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing
  const side = (index: number): string => (right.includes(index) ? 'number' : '')
  const cell = (one: Cell): unknown =>
    typeof one === 'string'
      ? whole(one)
      : 'since' in one
        ? html`${one.text} ${when(one.since, 'elapsed')}`
        : html`<strong class="toned tone-${one.tone}">${whole(one.text)}</strong>`
  return html`<div class="table-scroll" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((name, index) =>
            name === '' ? html`<td></td>` : html`<th scope="col" class=${side(index)}>${sentenceCase(name)}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((one, index) =>
                index === 0
                  ? html`<th scope="row">${cell(one)}</th>`
                  : html`<td class=${side(index)}>${cell(one)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** Heads of columns stand in capitals where there is nothing else to set them off. */
function sentenceCase(name: string): string {
  return name.slice(0, 1) + name.slice(1).toLowerCase()
}

/** The deadline running down, what happens otherwise, and who has said yes. */
function question(block: Block & { readonly kind: 'question' }, context: CardContext): TemplateResult {
  const { deadlineAt, otherwise, votes, quorum, approvers } = block
  return html`<div class="deadline" data-from=${context.at} data-to=${deadlineAt}><span></span></div>
    <p class="footnote">
      <span>If nobody answers, Spinup ${otherwise}.</span>
      ${quorum > 1 && votes.length > 0 ? html`<span>Yes from ${listed(votes)}</span>` : nothing}
      ${approvers.length > 0 ? html`<span>${listed(approvers)} may answer</span>` : nothing}
    </p>`
}

/** What can be chosen, a button each. */
function choices(list: (Block & { readonly kind: 'choices' })['choices'], context: CardContext): TemplateResult {
  return html`<div class="choices">
    ${list.map(({ label, detail, action }) => {
      const state = context.pressState(action)
      return html`<button
        type="button"
        class="choice"
        data-state=${state}
        data-action=${action}
        aria-disabled=${state !== 'idle'}
        @click=${() => state === 'idle' && context.press(action)}
      >
        <strong>${label}</strong><span>${detail}</span>
      </button>`
    })}
  </div>`
}

/** A shell line with a button that copies it. */
function commandLine(line: string, context: CardContext): TemplateResult {
  return html`<div class="shell">
    <code tabindex="0">${line}</code>
    <button
      type="button"
      class="icon-button"
      aria-label="Copy the line"
      title="Copy"
      @click=${() => context.copy(line)}
    >
      ${icon('copy')}
    </button>
  </div>`
}

/** Steps one after another, each with its mark, a detail, and a bar while it tells how far it is. */
function stepper(steps: readonly StepLine[]): TemplateResult {
  return html`<ol class="stepper">
    ${steps.map(
      ({ label, state, detail, progress }, index) =>
        html`<li data-state=${state} aria-current=${state === 'doing' ? 'step' : 'false'}>
          <span class="step-mark"
            >${state === 'done' ? icon('check') : state === 'failed' ? icon('cross') : index + 1}</span
          >
          <span class="step-text">
            <strong>${label}</strong>${detail === null ? nothing : html`<small>${detail}</small>`}
            ${
              progress === null
                ? nothing
                : html`<span
                    class="progress"
                    role="progressbar"
                    aria-valuenow=${Math.round(progress * 100)}
                    aria-label=${label}
                    .style=${`--part: ${progress}`}
                    ><span></span
                  ></span>`
            }
          </span>
          ${progress === null ? nothing : html`<span class="step-took">${percent(progress)}</span>`}
        </li>`,
    )}
  </ol>`
}

const PARTS = /(`[^`\n]+`|https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/

/** Words with `code` in backticks set as code and web addresses as links; everything else is only text. */
function prose(text: string): TemplateResult {
  return html`<p class="prose">${text.split(PARTS).map(part)}</p>`
}

function part(text: string): unknown {
  if (text.length > 2 && text.startsWith('`') && text.endsWith('`')) return html`<code>${text.slice(1, -1)}</code>`
  if (/^https?:\/\//.test(text)) return html`<a href=${text} target="_blank" rel="noopener noreferrer">${text}</a>`
  return whole(text)
}
