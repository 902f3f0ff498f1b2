/**
 * How a pool's balancer is reached: what the balancer named `kind` made of its form, read by its own schema alone. null in
 * a pool: none needed, or those of the environment. Secrets are not here: they are in the vault, under `entry`.
 */
export interface BalancerSettings {
  readonly kind: string
  readonly entry?: string
  readonly [name: string]: unknown
}
