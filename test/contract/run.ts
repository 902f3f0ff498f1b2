import { loadDocument } from '../fakes/digitalocean/openapi-document.ts'
import { createValidator } from '../fakes/digitalocean/validate.ts'
import { openStage } from './stage.ts'
import { playStory } from './story.ts'
import { argumentsOf } from '../../src/cli/run-command.ts'

const HELP = `The whole story of a DigitalOcean account, by the real bot through a validating proxy. Exit status 1 when the story
breaks, or an exchange is not as the official API document says. Skipped where that is absent.

  npm run test:contract`

argumentsOf({ help: HELP })
const document = loadDocument()
if (document !== null) {
  const startedAt = performance.now()
  const say = (line: string): void => {
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${line}`)
  }
  const validator = createValidator(document)
  const operations = new Map<string, number>()
  const stage = await openStage((exchange) => {
    const found = validator.check(exchange)
    for (const { side, method, path, status, message } of found) {
      console.log(`${side} of ${method} ${path} (${status}): ${message}`)
    }
    const operation = document.find(exchange.method, exchange.path)?.id
    if (operation !== undefined) operations.set(operation, (operations.get(operation) ?? 0) + 1)
  })
  try {
    await playStory(stage, say)
  } catch (error) {
    process.exitCode = 1
    console.log(error instanceof Error ? error.stack : error)
    console.log(stage.troubles().join('\n'))
  } finally {
    await stage.close()
  }
  const counted = [...operations].toSorted(([, a], [, b]) => b - a).map(([id, count]) => `${id} ${count}`)
  console.log(`${operations.size} operations: ${counted.join(', ')}`)
  if (validator.violations().length > 0) process.exitCode = 1
  console.log(validator.summary())
}
