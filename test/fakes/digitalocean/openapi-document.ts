import { loadOpenApi, usualPath, type OpenApiDocument } from '../openapi/document.ts'

/** DigitalOcean's official document, or null with a line that says so, where it is absent. */
export function loadDocument(
  path = usualPath('digitalocean.openapi.json'),
  say: (line: string) => void = console.log,
): OpenApiDocument | null {
  return loadOpenApi('DigitalOcean', path, say)
}
