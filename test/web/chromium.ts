import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The installed Chromium, headless; null when there is none. */
export async function launchChromium(): Promise<Browser | null> {
  const executablePath = PLACES.find((place) => existsSync(place))
  if (executablePath === undefined) return null
  const quietly = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quietly] })
}
