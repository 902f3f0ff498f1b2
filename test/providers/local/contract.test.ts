import { providerContract } from '../../contracts/provider.ts'
import { WEB_APP, agentConfigOf, ask, startCloud } from './cloud.ts'

providerContract('local', async () => {
  const test = await startCloud()
  const origin = await test.seed('web', WEB_APP)
  return {
    provider: test.cloud,
    originId: origin.id,
    userDataOf: (id) => agentConfigOf(test.dir, id),
    ask,
    stop: test.stop,
  }
})
