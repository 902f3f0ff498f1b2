/** Everything Spinup is told from outside, checked once at start. */
export interface Config {
  /** null: Spinup runs its own Redis in its data folder. */
  readonly redisUrl: string | null
  readonly host: string
  readonly port: number
  /** Where agents and browsers reach the bot; null: its own address. */
  readonly publicUrl: string | null
  readonly dataDir: string
  /** Signs and encrypts; null: made on first start and kept in the data folder. */
  readonly secret: string | null
  readonly consolePassword: string | null
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** How soon a crashed bot's work is taken over, ms. */
  readonly takeoverMs: number
  /** Between two comparisons of Redis, the account and the balancer, ms. */
  readonly reconcileMs: number
  /** Where visitors reach the built-in balancer. */
  readonly balancer: { readonly host: string; readonly port: number }
  readonly digitalocean: DigitalOceanConfig
  /** Balancers reached by the environment; null: not set, so it is asked for on the connect page. */
  readonly haproxy: { readonly address: string; readonly backend: string } | null
  readonly caddy: { readonly admin: string; readonly handler: string | null } | null
  readonly webhook: WebhookConfig | null
  /** By name, each chat platform that is set up, as its entry reads it. */
  readonly chats: Readonly<Record<string, unknown>>
  /** Charts are drawn there; null: here. */
  readonly quickchartUrl: string | null
}

export interface DigitalOceanConfig {
  readonly apiUrl: string
  readonly oauthUrl: string
  /** An account that needs no linking; null: none. */
  readonly token: string | null
  /** This installation's application at DigitalOcean; null: accounts are linked by pasting a token. */
  readonly clientId: string | null
  readonly clientSecret: string | null
  /** Between looks at something that takes its time, ms. */
  readonly pollMs: number
  /** Every other wait at DigitalOcean, as a share of the usual; tests are less patient. */
  readonly patience: number
}

export interface WebhookConfig {
  readonly url: string
  readonly secret: string
  readonly format: 'json' | 'form'
  readonly settleMs: number
}
