import type {
  APIActionRowComponent,
  APIButtonComponent,
  APIComponentInContainer,
  APIComponentInMessageActionRow,
  APIContainerComponent,
  APISelectMenuOption,
} from 'discord.js'

/** Discord's own names for what is drawn here; nothing outside `chat/discord` sees them. */
export type Inner = APIComponentInContainer
export type Container = APIContainerComponent
export type Row = APIActionRowComponent<APIComponentInMessageActionRow>
export type Button = APIButtonComponent
export type SelectOption = APISelectMenuOption

/** Numbers of Discord's component types; discord.js has them too, and takes 200 ms to load. */
export const TYPE = {
  row: 1,
  button: 2,
  select: 3,
  input: 4,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  rule: 14,
  container: 17,
  label: 18,
} as const
