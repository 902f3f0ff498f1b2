#!/usr/bin/env node
// Plain enough for any Node, so that an old one says what it needs in a line.
import { existsSync } from 'node:fs'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `spinup: it needs Node 24 or later, and this is ${process.versions.node}. Get it at https://nodejs.org, or for once: npx --package node@24 --package spinup -- spinup`,
  )
  process.exit(1)
}
const built = new URL('../dist/src/cli/spinup.js', import.meta.url)
await import(existsSync(built) ? built.href : new URL('../src/cli/spinup.ts', import.meta.url).href)
