/** Words that mean something of their own where a pool's name may stand. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    'account all another approve auto changes cpu default for install keep last live me memory none observe of off ' +
    'on pools quiet restart snapshot spinup stop trouble until weekly'
  ).split(' '),
)
/** `3`, `2h`, `1h30m`: a count or a time. */
const NUMBER = /^(\d+[a-z]*)+$/
const LONGEST = 40
const LETTERS = 'bcdefghijklmnopqrstuvwxyz'

/** What the pool of a droplet is called: lower-case letters, digits and dashes, and no word of a command. */
export function nameFrom(dropletName: string): string {
  const name = dropletName
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '')
  if (name === '') return 'pool'
  return TAKEN.has(name) || NUMBER.test(name) ? `pool-${name}` : name
}

/** `web`, or where the team has one, `web-b`. No pool is called as a member of another: `web-2` is one of `web`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const more = [...LETTERS].map((letter) => `${wanted}-${letter}`)
  const free = (name: string): boolean => !taken.some((one) => one === name || ofOne(one, name) || ofOne(name, one))
  return [wanted, ...more].find(free) ?? `${wanted}-${LETTERS}`
}

function ofOne(member: string, pool: string): boolean {
  return member.startsWith(`${pool}-`) && /^\d+$/.test(member.slice(pool.length + 1))
}
