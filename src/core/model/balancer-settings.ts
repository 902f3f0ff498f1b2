/**
 * How a pool's balancer is reached. Without any, the built-in one needs none and the others go by the environment.
 * Secrets are not here: a webhook's URL and secret are in the vault, under `entry`.
 */
export type BalancerSettings =
  | { readonly kind: 'digitalocean'; readonly loadBalancerId: string; readonly name: string }
  | { readonly kind: 'haproxy'; readonly address: string; readonly backend: string }
  /** `handler`: null is the only reverse_proxy there is. */
  | { readonly kind: 'caddy'; readonly admin: string; readonly handler: string | null }
  | {
      readonly kind: 'webhook'
      readonly entry: string
      /** For people; the rest of the URL may be secret. */
      readonly host: string
      readonly format: 'json' | 'form'
      readonly settleMs: number
    }
