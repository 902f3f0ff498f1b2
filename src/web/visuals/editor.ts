import { javascript } from '@codemirror/lang-javascript'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { basicSetup, EditorView } from 'codemirror'

/** Where a module is written. Tab leaves it, as it leaves every field. */
export interface Editor {
  text(): string
  /** Another module, of which nothing can be undone. */
  open(text: string): void
  /** Underlines what is wrong, from 1 on; null: nothing is. */
  complain(problem: { readonly message: string; readonly line: number; readonly column: number } | null): void
  goTo(line: number): void
  focus(): void
}

/** In colours of the page, so that both themes are theirs. */
const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--code-property)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--code-function)' },
])

const LOOK = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '13.5px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--text)', padding: '0.6rem 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in oklab, var(--text) 5%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 30%, transparent)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 22%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in oklab, var(--accent) 14%, transparent)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface-3)',
    color: 'var(--text)',
    border: '1px solid var(--line-strong)',
    borderRadius: '8px',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-panels': { backgroundColor: 'var(--surface-2)', color: 'var(--text)' },
  '.cm-panels input, .cm-panels button': { font: 'inherit', color: 'inherit' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--surface-3)', border: 'none', color: 'var(--text-2)' },
})

/**
 * In a shadow root of `host`, since only there it brings its styles as objects, which a strict content policy allows.
 * `changed`: somebody has written; `save`: Ctrl-S or ⌘S.
 */
export function createEditor(
  host: HTMLElement,
  on: { readonly changed: () => void; readonly save: () => void },
): Editor {
  const root = host.attachShadow({ mode: 'open' })
  const place = document.createElement('div')
  place.style.height = '100%'
  root.append(place)
  let opening = false
  const view = new EditorView({
    root,
    parent: place,
    extensions: [
      basicSetup,
      javascript(),
      syntaxHighlighting(COLOURS),
      LOOK,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'The module, in JavaScript' }),
      EditorView.updateListener.of(({ docChanged }) => {
        if (docChanged && !opening) on.changed()
      }),
      keymap.of([
        {
          key: 'Mod-s',
          preventDefault: true,
          run: () => {
            on.save()
            return true
          },
        },
      ]),
    ],
  })
  const startOf = (line: number): { readonly from: number; readonly to: number } =>
    view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines))
  return {
    text: () => view.state.doc.toString(),
    open(text) {
      opening = true
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } })
      opening = false
    },
    complain(problem) {
      const found: Diagnostic[] = []
      if (problem !== null) {
        const { from, to } = startOf(problem.line)
        const at = Math.min(to, from + problem.column - 1)
        found.push({ from: at === to ? from : at, to, severity: 'error', message: problem.message })
      }
      view.dispatch(setDiagnostics(view.state, found))
    },
    goTo(line) {
      view.dispatch({ selection: { anchor: startOf(line).from }, scrollIntoView: true })
      view.focus()
    },
    focus: () => view.focus(),
  }
}
