/** A question to the person who pressed; shown as a modal. */
export interface Form {
  /** At most 24 characters. */
  readonly title: string
  /** What its button says. */
  readonly submit: string
  readonly fields: readonly FormField[]
}

export interface FormField {
  readonly name: string
  /** At most 45 characters. */
  readonly label: string
  readonly hint: string
  /** What stands in it when it opens. */
  readonly value: string
  readonly optional: boolean
  /** Characters that are taken at most. */
  readonly most: number
  /** One of these; absent: any text. */
  readonly options?: readonly { readonly value: string; readonly label: string; readonly detail: string }[]
}
