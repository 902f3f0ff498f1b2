/** Everything Spinup is given from outside, checked once at start. */
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
  /** What each cloud, balancer and chat platform that is set up reads of the environment, by its name; for it alone. */
  readonly clouds: Readonly<Record<string, unknown>>
  readonly balancers: Readonly<Record<string, unknown>>
  readonly chats: Readonly<Record<string, unknown>>
  /** Charts are drawn there; null: here. */
  readonly quickchartUrl: string | null
}
