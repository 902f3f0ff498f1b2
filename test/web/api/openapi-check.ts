import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

/** Answers of the API that are not what its document says. */
export interface Check {
  readonly document: unknown
  readonly violations: string[]
  /** How many were looked at. */
  readonly checked: () => number
  /** Of which operations, and how each was answered: `GET /api/pools/{pool} 200`. */
  readonly seen: ReadonlySet<string>
  /** `type`: the answer's content type; `body` as it came. */
  answer(method: string, path: string, status: number, type: string, body: string): void
}

interface Operation {
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>
}
type Content = Readonly<Record<string, { readonly schema: object }>>
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly responses: Readonly<Record<string, { readonly content: Content }>>
    readonly schemas: object
  }
}

export function createCheck(given: unknown): Check {
  const document = given as Document
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addSchema({ $id: 'document', components: document.components })
  const compiled = new Map<string, ValidateFunction>()
  const violations: string[] = []
  const seen = new Set<string>()
  let checked = 0
  return {
    document,
    violations,
    checked: () => checked,
    seen,
    answer(method, path, status, type, body) {
      const plain = path.split('?', 1)[0] ?? ''
      const verb = method.toLowerCase()
      const [template, operations] =
        Object.entries(document.paths).find(
          ([known, there]) => verb in there && new RegExp(`^${known.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain),
        ) ?? []
      const operation = operations?.[verb]
      if (operation === undefined) return
      checked += 1
      const name = `${method} ${template} ${status}`
      seen.add(name)
      const found = operation.responses[String(status)]
      if (found === undefined) return void violations.push(`${name}: is not in the document`)
      const response = found.$ref === undefined ? found : document.components.responses[found.$ref.split('/').at(-1)!]
      const kind = type.split(';', 1)[0] ?? ''
      const schema = response?.content?.[kind]?.schema
      if (schema === undefined) return void violations.push(`${name}: ${kind} is not in the document`)
      let validate = compiled.get(name + kind)
      if (validate === undefined) {
        const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object
        compiled.set(name + kind, (validate = ajv.compile(whole)))
      }
      if (!validate(kind === 'application/json' ? JSON.parse(body) : body))
        violations.push(`${name}: ${ajv.errorsText(validate.errors)} in ${body}`)
    },
  }
}
