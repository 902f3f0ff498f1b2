import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

/** Without a browser's windows around it the same engine takes a quarter of the CPU time. */
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Where Chromium is installed; undefined when it is not. */
export function findChromium(): string | undefined {
  return PLACES.find((place) => existsSync(place))
}

/** Starts the installed Chromium, headless. */
export async function launchChromium(executablePath: string, args: readonly string[] = []): Promise<Browser> {
  const quietly = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quietly, ...args] })
}
