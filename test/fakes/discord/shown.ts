import { V2, everyComponent, isObject, objects, type JsonObject, type MessageRecord } from './records.ts'
import type { World } from './world.ts'

/** A message as a person sees it. */
export interface ShownMessage {
  readonly id: string
  readonly channelId: string
  /** All its words, a line each. */
  readonly text: string
  readonly components: readonly JsonObject[]
  readonly flags: number
  readonly isV2: boolean
  /** What its buttons and selects offer. */
  readonly buttons: readonly string[]
  readonly attachments: readonly {
    readonly filename: string
    readonly description: string | null
    readonly contentType: string
    readonly bytes: Uint8Array
  }[]
  /** Alt texts of its pictures. */
  readonly altTexts: readonly string[]
  /** How often it was edited. */
  readonly edits: number
  readonly nonce: string | null
  readonly loading: boolean
  /** The name of the one person who sees it; null: everyone. */
  readonly onlyFor: string | null
  /** It answers an interaction. */
  readonly answer: boolean
}

export interface ShownChannel {
  readonly guild: string
  readonly id: string
  readonly name: string
  /** What everyone sees, in order. */
  readonly messages: readonly ShownMessage[]
  /** What one person alone saw. */
  readonly ephemerals: readonly ShownMessage[]
  readonly threads: readonly {
    readonly name: string
    readonly of: string
    readonly messages: readonly ShownMessage[]
  }[]
}

export function showMessage(message: MessageRecord, nameOf: (userId: string) => string): ShownMessage {
  const all = everyComponent(message.components)
  const texts = all.flatMap(({ content }) => (typeof content === 'string' ? [content] : []))
  return {
    id: message.id,
    channelId: message.channelId,
    text: [...(message.content === '' ? [] : [message.content]), ...texts].join('\n'),
    components: message.components,
    flags: message.flags,
    isV2: (message.flags & V2) !== 0,
    buttons: controlsOf(message).map(({ label }) => label),
    attachments: message.attachments,
    altTexts: all
      .flatMap((component) => objects(component['items']))
      .flatMap(({ description }) => (typeof description === 'string' ? [description] : [])),
    edits: message.edits,
    nonce: message.nonce,
    loading: message.loading,
    onlyFor: message.ephemeralFor === null ? null : nameOf(message.ephemeralFor),
    answer: message.interactionId !== null,
  }
}

export function showChannels(world: World, nameOf: (userId: string) => string): readonly ShownChannel[] {
  const of = (channelId: string, ephemeral: boolean): readonly ShownMessage[] =>
    world.messages
      .filter((one) => one.channelId === channelId && !one.gone && (one.ephemeralFor !== null) === ephemeral)
      .map((one) => showMessage(one, nameOf))
  return world.guilds.flatMap((guild) =>
    guild.channels
      .filter(({ type }) => type === 0)
      .map(({ id, name }) => ({
        guild: guild.name,
        id,
        name,
        messages: of(id, false),
        ephemerals: of(id, true),
        threads: guild.channels
          .filter(({ parentId }) => parentId === id)
          .map((thread) => ({ name: thread.name, of: thread.id, messages: of(thread.id, false) })),
      })),
  )
}

export interface Control {
  readonly label: string
  readonly customId: string
  /** 2: a button; 3: an option of a select. */
  readonly type: 2 | 3
  readonly value: string | null
  readonly disabled: boolean
}

/** Everything that can be pressed or chosen. */
export function controlsOf(message: MessageRecord): readonly Control[] {
  return everyComponent(message.components).flatMap((component): readonly Control[] => {
    const customId = String(component['custom_id'] ?? '')
    const disabled = component['disabled'] === true
    if (component['type'] === 2)
      return [{ label: String(component['label'] ?? ''), customId, type: 2, value: null, disabled }]
    if (component['type'] !== 3) return []
    return objects(component['options']).map((option) => ({
      label: String(option['label']),
      customId,
      type: 3,
      value: String(option['value']),
      disabled,
    }))
  })
}

/** A modal as a person fills it in. */
export interface ShownModal {
  readonly title: string
  readonly fields: readonly {
    readonly id: string
    readonly label: string
    readonly value: string
    readonly options: readonly string[]
  }[]
}

export function showModal(modal: JsonObject): ShownModal {
  return {
    title: String(modal['title']),
    fields: modalFields(modal).map(({ id, label, value, options }) => ({
      id,
      label,
      value,
      options: options.map((one) => one.label),
    })),
  }
}

export interface ModalField {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly type: number
  readonly required: boolean
  readonly most: number
  readonly options: readonly { readonly label: string; readonly value: string }[]
}

/** Inputs of a modal, each in its label. */
export function modalFields(modal: JsonObject): readonly ModalField[] {
  return objects(modal['components']).flatMap((component): readonly ModalField[] => {
    const input = isObject(component['component']) ? component['component'] : objects(component['components'])[0]
    if (input === undefined) return []
    const options = objects(input['options'])
    const chosen = options.find((option) => option['default'] === true)?.['value']
    return [
      {
        id: String(input['custom_id']),
        label: String(component['label'] ?? input['label'] ?? ''),
        value: String(input['value'] ?? chosen ?? ''),
        type: Number(input['type']),
        required: input['required'] !== false && input['min_values'] !== 0,
        most: Number(input['max_length'] ?? 4000),
        options: options.map((option) => ({ label: String(option['label']), value: String(option['value']) })),
      },
    ]
  })
}
