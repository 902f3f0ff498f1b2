/** A machine at a provider. `url` is where its web app answers once it is `active`. */
export interface Droplet {
  readonly id: string
  readonly name: string
  readonly status: 'new' | 'active' | 'off'
  readonly url: string | null
  readonly tags: readonly string[]
  readonly createdAt: number
  /** null: the provider does not say. */
  readonly dollarsPerHour: number | null
  /** e.g. `0.25 vCPU, 256 MB`. */
  readonly size: string
  readonly region: string
  /** Of one that was just made as something other than usual: as what, and why, in words. */
  readonly instead?: string
}
