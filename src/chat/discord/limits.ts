import type { APIMessageTopLevelComponent, APIModalInteractionResponseCallbackData } from 'discord.js'
import { TYPE } from './render/parts.ts'

/** What Discord takes at most, counted in UTF-16 units, which is never less than Discord counts. */
export const LIMITS = {
  /** Of a message with Components V2, nested ones included. */
  components: 40,
  /** Over all text displays of a message. */
  text: 4000,
  /** Of a message without components. */
  content: 2000,
  actionRows: 5,
  buttons: 5,
  buttonLabel: 80,
  customId: 100,
  selectOptions: 25,
  optionLabel: 100,
  optionValue: 100,
  optionDescription: 100,
  placeholder: 150,
  sectionTexts: 3,
  galleryItems: 10,
  mediaDescription: 1024,
  threadName: 100,
  modalTitle: 45,
  modalComponents: 5,
  inputLabel: 45,
  inputHint: 100,
  inputValue: 4000,
} as const

/** A message as it is about to be sent; a request's body fits. */
export interface CheckedMessage {
  readonly components?: readonly APIMessageTopLevelComponent[]
  readonly content?: string
  readonly embeds?: readonly unknown[]
  readonly thread?: { readonly name: string; readonly components: readonly APIMessageTopLevelComponent[] } | null
}

/** What Discord would refuse of a message with Components V2, one line each. */
export function checkDiscordMessage(message: CheckedMessage): readonly string[] {
  const { components = [], thread = null } = message
  const wrong = checkComponents(components)
  if ((message.content ?? '') !== '') wrong.push('it has a content, which Components V2 forbid')
  if ((message.embeds ?? []).length > 0) wrong.push('it has embeds, which Components V2 forbid')
  if (thread === null) return wrong
  if (thread.name.trim() === '') wrong.push('the thread has no name')
  if (thread.name.length > LIMITS.threadName) {
    wrong.push(`the thread’s name has ${thread.name.length} characters of ${LIMITS.threadName}`)
  }
  return [...wrong, ...checkComponents(thread.components).map((line) => `thread: ${line}`)]
}

/** What Discord would refuse of a modal, one line each. */
export function checkDiscordModal(modal: APIModalInteractionResponseCallbackData): readonly string[] {
  const found = walk(modal.components, 'modal')
  const wrong = [...found.wrong, ...repeated(found.customIds)]
  if (modal.title === '' || modal.title.length > LIMITS.modalTitle) {
    wrong.push(`its title has ${modal.title.length} characters of 1 to ${LIMITS.modalTitle}`)
  }
  if (modal.custom_id === '' || modal.custom_id.length > LIMITS.customId) {
    wrong.push(`its custom id has ${modal.custom_id.length} characters of 1 to ${LIMITS.customId}`)
  }
  if (modal.components.length === 0 || modal.components.length > LIMITS.modalComponents) {
    wrong.push(`it has ${modal.components.length} components of 1 to ${LIMITS.modalComponents}`)
  }
  return wrong
}

function checkComponents(components: readonly APIMessageTopLevelComponent[]): string[] {
  const found = walk(components, 'message')
  const wrong = [...found.wrong, ...repeated(found.customIds)]
  if (components.length === 0) wrong.push('it has no components')
  if (found.components > LIMITS.components) wrong.push(`it has ${found.components} components of ${LIMITS.components}`)
  if (found.text > LIMITS.text) wrong.push(`its texts have ${found.text} characters of ${LIMITS.text}`)
  if (found.rows > LIMITS.actionRows) wrong.push(`it has ${found.rows} action rows of ${LIMITS.actionRows}`)
  return wrong
}

function repeated(customIds: readonly string[]): string[] {
  return customIds
    .filter((id, index) => customIds.indexOf(id) < index)
    .map((id) => `the custom id ${JSON.stringify(id)} is there twice`)
}

/** What a walk over components came by. */
interface Found {
  readonly components: number
  readonly text: number
  readonly rows: number
  readonly customIds: readonly string[]
  readonly wrong: readonly string[]
}

/** Any component, as loosely as it arrives. */
interface Loose {
  readonly type?: number
  readonly [key: string]: unknown
}

/** Which types may stand in which. */
const INSIDE: Readonly<Record<string, readonly number[]>> = {
  message: [TYPE.row, TYPE.section, TYPE.text, TYPE.gallery, TYPE.file, TYPE.rule, TYPE.container],
  modal: [TYPE.row, TYPE.text, TYPE.label],
  [TYPE.container]: [TYPE.row, TYPE.section, TYPE.text, TYPE.gallery, TYPE.file, TYPE.rule],
  [TYPE.section]: [TYPE.text],
  accessory: [TYPE.button, TYPE.thumbnail],
  [TYPE.row]: [TYPE.button, TYPE.select, TYPE.input, 5, 6, 7, 8],
  [TYPE.label]: [TYPE.select, TYPE.input, 5, 6, 7, 8, 19, 21, 22, 23],
}

/** Counts and checks components and all that is nested in them. */
function walk(components: readonly unknown[], where: 'message' | 'modal'): Found {
  const wrong: string[] = []
  const customIds: string[] = []
  const sum = { components: 0, text: 0, rows: 0 }

  /** Names what is over its limit, or empty where it must not be. */
  function measure(path: string, what: string, value: unknown, most: number, least = 0): void {
    const size = typeof value === 'string' || Array.isArray(value) ? value.length : 0
    const unit = Array.isArray(value) ? 'items' : 'characters'
    if (size > most || size < least) wrong.push(`${path}: ${what} has ${size} ${unit} of ${least} to ${most}`)
  }

  function visit(component: Loose, path: string, parent: string): void {
    const { type = 0 } = component
    sum.components++
    if (INSIDE[parent]?.includes(type) !== true) wrong.push(`${path}: type ${type} is not allowed here`)
    if (typeof component['custom_id'] === 'string') customIds.push(component['custom_id'])
    checkOne(component, type, path)
    listOf(component['components']).forEach((one, index) => visit(one, `${path}/components/${index}`, String(type)))
    if (isLoose(component['accessory'])) visit(component['accessory'], `${path}/accessory`, 'accessory')
    if (isLoose(component['component'])) visit(component['component'], `${path}/component`, String(type))
  }

  function checkOne(one: Loose, type: number, path: string): void {
    switch (type) {
      case TYPE.text:
        sum.text += String(one['content'] ?? '').length
        return measure(path, 'its text', one['content'], LIMITS.text, 1)
      case TYPE.row: {
        sum.rows++
        const inside = listOf(one['components'])
        measure(path, 'the row', inside, inside.some(({ type }) => type !== TYPE.button) ? 1 : LIMITS.buttons, 1)
        return undefined
      }
      case TYPE.button:
        measure(path, 'its label', one['label'], LIMITS.buttonLabel, 1)
        return measure(path, 'its custom id', one['custom_id'], LIMITS.customId, one['style'] === 5 ? 0 : 1)
      case TYPE.select:
        return checkSelect(one, path)
      case TYPE.section:
        measure(path, 'the section', one['components'], LIMITS.sectionTexts, 1)
        if (!isLoose(one['accessory'])) wrong.push(`${path}: the section has no accessory`)
        return undefined
      case TYPE.gallery:
        measure(path, 'the gallery', one['items'], LIMITS.galleryItems, 1)
        listOf(one['items']).forEach((item, index) => {
          if (item['description'] === undefined || item['description'] === null) return
          measure(`${path}/items/${index}`, 'its description', item['description'], LIMITS.mediaDescription, 1)
        })
        return undefined
      case TYPE.container:
        return measure(path, 'the container', one['components'], LIMITS.components, 1)
      case TYPE.label:
        measure(path, 'its label', one['label'], LIMITS.inputLabel, 1)
        if (one['description'] !== undefined) measure(path, 'its description', one['description'], LIMITS.inputHint, 1)
        return undefined
      case TYPE.input:
        measure(path, 'its custom id', one['custom_id'], LIMITS.customId, 1)
        measure(path, 'its placeholder', one['placeholder'], LIMITS.inputHint)
        return measure(path, 'its value', one['value'], Number(one['max_length'] ?? LIMITS.inputValue))
      default:
        return undefined
    }
  }

  function checkSelect(one: Loose, path: string): void {
    const options = listOf(one['options'])
    measure(path, 'its custom id', one['custom_id'], LIMITS.customId, 1)
    measure(path, 'its placeholder', one['placeholder'], LIMITS.placeholder)
    measure(path, 'the select', options, LIMITS.selectOptions, 1)
    options.forEach((option, index) => {
      const here = `${path}/options/${index}`
      measure(here, 'its label', option['label'], LIMITS.optionLabel, 1)
      measure(here, 'its value', option['value'], LIMITS.optionValue, 1)
      measure(here, 'its description', option['description'], LIMITS.optionDescription)
    })
    const values = options.map((option) => String(option['value']))
    if (new Set(values).size < values.length) wrong.push(`${path}: two options have the same value`)
  }

  components.forEach((component, index) => visit(isLoose(component) ? component : {}, `components/${index}`, where))
  return { ...sum, customIds, wrong }
}

function isLoose(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.filter(isLoose) : []
}
