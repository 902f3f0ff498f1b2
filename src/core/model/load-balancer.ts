/** A load balancer of a cloud account, as the cloud tells it. */
export interface LoadBalancer {
  readonly dropletIds: readonly number[]
  /** It takes all droplets of this tag, and no single ones; null: it takes the ones it is given. */
  readonly tag: string | null
  readonly active: boolean
  /** How long a new droplet's checks take to pass: check interval × healthy threshold, ms. */
  readonly passMs: number
}

/** One load balancer at a cloud's API, with its own deadlines and retries. What it throws has a message fit for chat. */
export interface LoadBalancerClient {
  /** May be some seconds old; `fresh`: as it is now. */
  get(fresh?: 'fresh'): Promise<LoadBalancer>
  addDroplets(ids: readonly number[]): Promise<void>
  removeDroplets(ids: readonly number[]): Promise<void>
  /** What its own checks last said of each droplet; empty where that is not known. */
  health(): Promise<ReadonlyMap<number, boolean>>
}
