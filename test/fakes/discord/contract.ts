import { loadOpenApi, usualPath } from '../openapi/document.ts'
import { createValidator, type Validator } from '../openapi/validate.ts'

/** A validator of Discord's official document, or null with a line that says so, where it is absent. */
export function createDiscordContract(say: (line: string) => void = console.log): Validator | null {
  const document = loadOpenApi('Discord', usualPath('discord.openapi.json'), say)
  if (document === null) return null
  return createValidator(document, {
    // Nothing else is on that port: what the document does not know must not be called.
    covers: () => true,
    identity: ({ schemes }, { requestHeaders }) =>
      schemes.length === 0 || /^Bot \S+$/.test(requestHeaders['authorization'] ?? '') ? [] : ['it has no bot token'],
  })
}
