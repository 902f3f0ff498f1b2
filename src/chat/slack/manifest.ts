import type { CommandWords } from '../grammar.ts'
import { EVENTS_PATH, REDIRECT_PATH, REQUIRED_SCOPES, WISHED_SCOPES } from './options.ts'

/** Text, numbers, yes or no, lists and named values: what a manifest is made of. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [name: string]: Plain }

const MOST_HINT = 1000

/**
 * The app as Slack is to make it, from the commands there are. With `publicUrl` requests come there, signed, and other
 * workspaces may install it; without, everything goes through a socket.
 */
export function slackManifest(commands: readonly CommandWords[], publicUrl: string | null): Plain {
  const hint = `[${commands.map(({ name }) => name).join(' | ')}]`
  const events = publicUrl === null ? {} : { request_url: `${publicUrl}${EVENTS_PATH}` }
  return {
    display_information: {
      name: 'Spinup',
      description: 'Clones your droplet when the site gets busy, and takes the clones down when all is quiet.',
      background_color: '#1d2733',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'Spinup', always_online: true },
      slash_commands: [
        {
          command: '/spinup',
          ...(publicUrl === null ? {} : { url: `${publicUrl}${EVENTS_PATH}` }),
          description: 'See and steer your droplets',
          usage_hint: hint.length <= MOST_HINT ? hint : '[help]',
          should_escape: false,
        },
      ],
    },
    oauth_config: {
      ...(publicUrl === null ? {} : { redirect_urls: [`${publicUrl}${REDIRECT_PATH}`] }),
      scopes: { bot: [...REQUIRED_SCOPES, ...WISHED_SCOPES], bot_optional: WISHED_SCOPES },
    },
    settings: {
      event_subscriptions: {
        ...events,
        bot_events: ['app_home_opened', 'app_mention', 'app_uninstalled', 'channel_id_changed', 'tokens_revoked'],
      },
      interactivity: { is_enabled: true, ...events },
      org_deploy_enabled: false,
      socket_mode_enabled: publicUrl === null,
      token_rotation_enabled: false,
    },
  }
}

/** The same as YAML; every text is quoted, so none can read as anything else. */
export function toYaml(value: Plain, depth = 0): string {
  const indent = '  '.repeat(depth)
  if (typeof value === 'string') return value.includes("'") ? JSON.stringify(value) : `'${value}'`
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) {
    return value
      .map(
        (item: Plain) =>
          `\n${indent}- ${typeof item === 'object' ? toYaml(item, depth + 1).trimStart() : toYaml(item)}`,
      )
      .join('')
  }
  return Object.entries(value)
    .map(
      ([name, inner]) =>
        `\n${indent}${name}:${typeof inner === 'object' ? toYaml(inner, depth + 1) : ` ${toYaml(inner)}`}`,
    )
    .join('')
}
