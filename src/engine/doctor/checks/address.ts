import { ok, took, warn, type Check } from '../check.ts'

/** The address at which agents and browsers reach this bot, as seen from here. */
export function addressCheck(url: string): Check {
  const name = 'Public address'
  const fix = `Agents and browsers need to reach ${url}: set SPINUP_PUBLIC_URL to the address this bot has for them.`
  return {
    name,
    fix,
    deadlineMs: 6000,
    run: async (signal) => {
      const begun = performance.now()
      const response = await fetch(`${url}/health`, { redirect: 'manual', signal }).catch(() => null)
      if (response === null) return warn(name, `${url} is unreachable from this machine`, fix)
      const body = await response.text()
      if (!response.ok || !body.includes('"ok":true')) return warn(name, `${url} is answered by something else`, fix)
      return ok(name, `${url} answers in ${took(performance.now() - begun)}`)
    },
  }
}
