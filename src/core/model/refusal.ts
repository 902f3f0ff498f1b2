/**
 * What a provider said no for. Every kind is a wait: nothing is wrong with what was asked, and asked again later it may be
 * given. `soldOut`: no such machine there now; `limit`: the account may have no more droplets; `quota`: none of something
 * else; `account`: it is locked, or a payment is missing; `maintenance`: the service is closed for a while; `busy`:
 * another action on the same thing has to end first; `rate`: too many requests.
 */
export type RefusalKind = 'soldOut' | 'limit' | 'quota' | 'account' | 'maintenance' | 'busy' | 'rate'

/** A provider's no for now, as `SpinupError` `providerRefused` carries it. Nothing was made or changed. */
export interface ProviderRefusal {
  readonly kind: RefusalKind
  /** The provider's own words, plain text of up to 300 characters; never empty. */
  readonly words: string
  /** What would be given instead, as far as the provider says; null: nothing was looked for. */
  readonly instead: Alternatives | null
}

/** What else could be asked for. Empty lists: there is nothing. */
export interface Alternatives {
  /** Sizes available in the wanted region that the snapshot fits on, nearest to the wanted one first. */
  readonly sizes: readonly { readonly slug: string; readonly about: string; readonly dollarsPerHour: number }[]
  /** Slugs of other regions where both the snapshot and the wanted size are. */
  readonly regions: readonly string[]
  /** How many droplets the account may have; null: not known. */
  readonly dropletLimit: number | null
}
