/** What this browser keeps for the next visit; where it refuses to, for as long as the page is open. */
export interface Kept {
  get(name: KeptName): string | null
  set(name: KeptName, value: string): void
}

export type KeptName = 'theme' | 'name' | 'history' | 'notify' | 'sound' | 'wall'

export function createKept(): Kept {
  const here = new Map<KeptName, string>()
  return {
    get(name) {
      const own = here.get(name)
      if (own !== undefined) return own
      try {
        return localStorage.getItem(`spinup.${name}`)
      } catch {
        return null
      }
    },
    set(name, value) {
      here.set(name, value)
      try {
        localStorage.setItem(`spinup.${name}`, value)
      } catch {
        // Refused, or full: then it is known until the page is closed.
      }
    },
  }
}
