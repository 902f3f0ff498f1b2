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

/** One field of an adapter's part of the connect page. `name` is unique among all adapters; notes may hold `code`. */
export type ConnectField =
  | {
      readonly kind: 'text'
      readonly name: string
      readonly label: string
      readonly example: string
      readonly note: string
    }
  /** Never shown again once it was sent. */
  | { readonly kind: 'secret'; readonly name: string; readonly label: string; readonly note: string }
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly label: string
      readonly note: string
      readonly values: readonly string[]
    }
  /** One of the linked account's load balancers. */
  | { readonly kind: 'loadBalancer'; readonly name: string }

/** What a form sent, or what stands in it, each field once, without spaces around it. */
export type ConnectFields = Readonly<Record<string, string>>
