/**
 * A button. `action` is opaque to platforms: `approve:ID` / `deny:ID` press a proposal, `apply:MARK:NAME=VALUE …`
 * changes the policy if it is still the one of that mark, `run:/spinup …` types a command for the person who pressed,
 * `doctor:press:ID` is the button that a check-up waits for.
 * One that begins with `ask:` needs a form first, which the handlers give (`ask:deny:ID`, `ask:policy`).
 */
export interface Action {
  readonly action: string
  readonly label: string
  readonly style: 'primary' | 'danger' | 'plain'
}

export type Tone = 'info' | 'good' | 'warn' | 'bad'

/** One labelled value; `value` is already words. */
export interface Field {
  readonly name: string
  readonly value: string
}

/** A chart by reference: bytes are fetched by id in the wanted theme. `alt` holds the numbers in words. */
export interface ChartRef {
  readonly id: string
  readonly title: string
  readonly alt: string
}
