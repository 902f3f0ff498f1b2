import { createSealer } from './vault.ts'

/** Keeps one-time links to the pages of accounts and tokens out of what is stored: who reads Redis or a backup of it cannot use one. */
export interface LinkSeal {
  close(text: string): string
  /** Links as they were; those that are too old to work are left out. */
  open(text: string): string
}

/** As long as a link works. */
const LINK_MS = 15 * 60_000
const PLAIN = /(\/(?:connect|token)\?link=)([\w-]{43})(?![\w-])/g
const SEALED = /\/(connect|token)\?link=sealed\.([\w-]+)/g
const BOUND = Buffer.from('spinup connect link')

/** `key`: 32 bytes; `now`: epoch ms. */
export function createLinkSeal(key: Buffer, now: () => number): LinkSeal {
  const sealer = createSealer(key)
  return {
    close: (text) =>
      text.replaceAll(PLAIN, (_all, start: string, link: string) => {
        return `${start}sealed.${sealer.close(`${now()} ${link}`, BOUND)}`
      }),
    open: (text) =>
      text.replaceAll(SEALED, (_all, page: string, sealed: string) => {
        const [at, link] = sealer.open(sealed, BOUND)?.split(' ') ?? []
        return link !== undefined && now() - Number(at) < LINK_MS ? `/${page}?link=${link}` : `/${page}`
      }),
  }
}
