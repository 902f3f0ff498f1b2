import { argumentsOf } from '../../src/cli/run-command.ts'
import { buildSite } from './site.ts'

const HELP = `Builds the documentation, docs/ and what belongs to it, as a site of plain files.

  npm run docs                 into dist/docs, from where a packed bot serves it at /docs
  npm run docs -- --out DIR    into another folder, from Spinup's own on; what is in it is deleted first`

const { values } = argumentsOf({ help: HELP, options: { out: { type: 'string', default: 'dist/docs' } } })
await buildSite(values.out)
