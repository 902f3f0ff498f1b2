import type { Gateway } from './gateway.ts'
import type { Interactions } from './interactions.ts'
import { presentMessage, presentPlace } from './present.ts'
import {
  isObject,
  objects,
  type ChannelRecord,
  type GuildRecord,
  type InteractionRecord,
  type JsonObject,
  type UserRecord,
} from './records.ts'
import { controlsOf, modalFields, showMessage, showModal, type ShownMessage, type ShownModal } from './shown.ts'
import type { World } from './world.ts'

/** What a person did, and what came of it. */
export interface Asked {
  readonly id: string
  /** ms until the bot answered or deferred; null: it did not in time, and Discord said so to the person. */
  readonly acknowledgedAfterMs: number | null
  /** Discord showed “The application did not respond”. */
  readonly failed: boolean
  /** What it was answered with, as it is now. */
  readonly replies: readonly ShownMessage[]
  readonly modal: ShownModal | null
}

export interface People {
  /** Types `/spinup COMMAND` and fills in its options; resolves when it is answered or failed. */
  type(
    guild: string,
    channel: string,
    user: string,
    command: string,
    options?: Readonly<Record<string, string | number>>,
  ): Promise<Asked>
  /** What is offered while an option is half typed. */
  complete(
    guild: string,
    channel: string,
    user: string,
    command: string,
    option: string,
    half: string,
    others?: Readonly<Record<string, string | number>>,
  ): Promise<readonly string[]>
  /** Presses the button of that label, or chooses the option, of a message as it is now. */
  press(message: Pick<ShownMessage, 'id' | 'channelId'>, label: string, user?: string): Promise<Asked>
  /** The same with a custom id that the message may not show any more. */
  pressId(message: Pick<ShownMessage, 'id' | 'channelId'>, customId: string, user?: string): Promise<Asked>
  /** Fills in the modal that an action opened, by label or name, and sends it. */
  submit(opened: Asked, values: Readonly<Record<string, string>>): Promise<Asked>
}

/** A person who does what Discord's own client lets one do. */
export function createPeople(world: World, interactions: Interactions, gateway: Gateway, answerMs: number): People {
  function asked(interaction: InteractionRecord): Asked {
    return {
      id: interaction.id,
      get acknowledgedAfterMs() {
        return interaction.acknowledgedAfterMs
      },
      get failed() {
        return interaction.failed
      },
      get replies() {
        return interaction.messages.filter(({ gone }) => !gone).map((one) => showMessage(one, world.nameOf))
      },
      get modal() {
        return interaction.modal === null ? null : showModal(interaction.modal)
      },
    }
  }

  /** Tells the bot, and waits for the last word of an answer. */
  async function ask(
    who: { readonly guild: GuildRecord; readonly channel: ChannelRecord; readonly user: UserRecord },
    type: InteractionRecord['type'],
    data: JsonObject,
    source: InteractionRecord['source'] = null,
  ): Promise<InteractionRecord> {
    const interaction = interactions.begin({ type, ...who, source })
    if (!who.guild.members.has(who.user.id)) who.guild.members.set(who.user.id, [])
    gateway.dispatch('INTERACTION_CREATE', {
      id: interaction.id,
      application_id: world.bot.id,
      type,
      token: interaction.token,
      version: 1,
      ...presentPlace(who.guild, who.channel, who.user, world),
      data,
      ...(source === null ? {} : { message: presentMessage(source, world) }),
    })
    await settled(interaction)
    return interaction
  }

  function settled(interaction: InteractionRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      let gone: NodeJS.Timeout | undefined
      const done = (): void => {
        clearTimeout(timer)
        clearTimeout(gone)
        interaction.changed.delete(look)
        resolve()
      }
      const timer = setTimeout(() => {
        interaction.changed.delete(look)
        reject(new Error(`the bot left an interaction of type ${interaction.type} thinking for ${answerMs} ms`))
      }, answerMs)
      function look(): void {
        if (interaction.failed) return done()
        if (interaction.acknowledgedAfterMs === null || interaction.original?.loading === true) {
          // It was taken away: another answer may follow.
          if (interaction.original?.gone !== true) return undefined
          clearTimeout(gone)
          const answered = interaction.messages.some((one) => !one.gone && !one.loading)
          gone = setTimeout(done, answered ? 50 : 1000)
          return undefined
        }
        return done()
      }
      interaction.changed.add(look)
      look()
    })
  }

  function command(
    guild: GuildRecord,
    path: string,
  ): { readonly root: JsonObject; readonly groups: readonly string[]; readonly leaf: JsonObject } {
    const words = path.split(' ')
    for (const root of guild.commands) {
      const options = objects(root['options'])
      for (const option of options) {
        if (option['type'] === 1 && option['name'] === path) return { root, groups: [], leaf: option }
        if (option['type'] !== 2) continue
        const leaf = objects(option['options']).find(({ name }) => name === words.at(-1))
        if (leaf !== undefined && (words.length === 1 || words[0] === option['name'])) {
          return { root, groups: [String(option['name'])], leaf }
        }
      }
    }
    throw new Error(`in the guild ${guild.name} there is no command ${path}`)
  }

  function filled(
    guild: GuildRecord,
    path: string,
    values: Readonly<Record<string, string | number>>,
    focused: string | null,
  ): JsonObject {
    const { root, groups, leaf } = command(guild, path)
    const options = objects(leaf['options'])
    for (const name of Object.keys(values)) {
      if (!options.some((option) => option['name'] === name)) throw new Error(`${path} has no option ${name}`)
    }
    const given = options.flatMap((option): readonly JsonObject[] => {
      const name = String(option['name'])
      const value = values[name]
      if (value === undefined) {
        if (option['required'] === true && focused === null) throw new Error(`${path} needs ${name}`)
        return []
      }
      const choices = objects(option['choices'])
      if (choices.length > 0 && !choices.some((choice) => choice['value'] === value)) {
        throw new Error(`${name} of ${path} is not one of its choices: ${value}`)
      }
      if (option['type'] === 4 && name !== focused && !Number.isInteger(value))
        throw new Error(`${name} of ${path} is a number`)
      if (name === focused && option['autocomplete'] !== true) throw new Error(`${name} of ${path} offers nothing`)
      return [{ name, type: option['type'] ?? 3, value, ...(name === focused ? { focused: true } : {}) }]
    })
    const inner: JsonObject = { type: 1, name: String(leaf['name']), options: given }
    const data = groups.reduceRight<JsonObject>((within, name) => ({ type: 2, name, options: [within] }), inner)
    return { id: String(root['id']), name: String(root['name']), type: 1, guild_id: guild.id, options: [data] }
  }

  const placed = (guild: string, channel: string, user: string) => ({
    guild: world.guild(guild),
    channel: world.findChannel(guild, channel),
    user: world.user(user),
  })

  async function pressed(
    { id, channelId }: Pick<ShownMessage, 'id' | 'channelId'>,
    user: string,
    find: (message: NonNullable<InteractionRecord['source']>) => JsonObject,
  ): Promise<Asked> {
    const message = world.messages.find((one) => one.id === id)
    if (message === undefined || message.gone) throw new Error(`there is no message ${id}`)
    const channel = world.channel(channelId)
    const who = { guild: world.guild(message.guildId), channel, user: world.user(user) }
    return asked(await ask(who, 3, find(message), message))
  }

  return {
    async type(guild, channel, user, path, values = {}) {
      const who = placed(guild, channel, user)
      return asked(await ask(who, 2, filled(who.guild, path, values, null)))
    },
    async complete(guild, channel, user, path, option, half, others = {}) {
      const who = placed(guild, channel, user)
      const interaction = await ask(who, 4, filled(who.guild, path, { ...others, [option]: half }, option))
      return (interaction.choices ?? []).map(({ value }) => String(value))
    },
    press: (message, label, user = 'ada') =>
      pressed(message, user, (record) => {
        const control = controlsOf(record).find((one) => one.label === label)
        if (control === undefined) throw new Error(`the message shows no “${label}”`)
        if (control.disabled) throw new Error(`“${label}” can’t be pressed`)
        const { type, customId, value } = control
        return { component_type: type, custom_id: customId, id: 1, ...(value === null ? {} : { values: [value] }) }
      }),
    pressId: (message, customId, user = 'ada') =>
      pressed(message, user, () => ({ component_type: 2, custom_id: customId, id: 1 })),
    async submit(opened, values) {
      const before = world.interactions.find(({ id }) => id === opened.id)
      const modal = before?.modal
      if (before === undefined || !isObject(modal)) throw new Error('no modal was opened')
      const components = modalFields(modal).map((field, index): JsonObject => {
        const value = values[field.label] ?? values[field.id] ?? field.value
        if (value === '' && field.required) throw new Error(`“${field.label}” has to be filled in`)
        if (value.length > field.most) throw new Error(`“${field.label}” takes ${field.most} characters`)
        const option = field.options.find((one) => one.label === value || one.value === value)
        if (field.options.length > 0 && option === undefined && value !== '')
          throw new Error(`“${field.label}” has no ${value}`)
        const given: JsonObject =
          field.options.length === 0 ? { value } : { values: option === undefined ? [] : [option.value] }
        return {
          type: 18,
          id: 2 * index + 1,
          component: { type: field.type, id: 2 * index + 2, custom_id: field.id, ...given },
        }
      })
      const who = {
        guild: world.guild(before.guildId),
        channel: world.channel(before.channelId),
        user: before.user,
      }
      return asked(await ask(who, 5, { custom_id: modal['custom_id'] ?? '', components }, before.source))
    },
  }
}
