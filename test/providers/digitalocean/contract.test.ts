import { providerContract } from '../../contracts/provider.ts'
import { openAccount } from './account.ts'

providerContract('digitalocean', async () => {
  const account = await openAccount()
  return {
    provider: account.provider(),
    originId: account.originId,
    // Read as a clone reads it: from its metadata service.
    userDataOf: async (id) => {
      const response = await fetch(`${account.cloud.metadataUrl(Number(id))}/metadata/v1/user-data`)
      return response.ok ? await response.text() : null
    },
    stop: account.stop,
  }
})
