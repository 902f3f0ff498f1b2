import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { cases } from './cases.ts'
import { drawn, goldenPath } from './golden.ts'

// Run by hand after a wanted change, and read the difference: node test/chat/discord/render/write-goldens.ts
for (const [name, one] of cases()) {
  mkdirSync(dirname(goldenPath(name)), { recursive: true })
  writeFileSync(goldenPath(name), `${JSON.stringify(drawn(one), null, 2)}\n`)
}
console.log(`wrote ${cases().size} golden files`)
