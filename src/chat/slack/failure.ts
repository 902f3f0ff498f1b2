import { webApi } from '@slack/bolt'
import { SpinupError } from '../../core/model/error.ts'
import type { ErrorView } from '../../core/model/view.ts'
import type { Failure } from '../upsert/platform.ts'

/** What to do about Slack's refusals that no repetition cures: nothing can be posted there. */
const FOR_GOOD: Readonly<Record<string, string>> = {
  channel_not_found: 'Slack knows no such channel, or I was not invited to it. Type /invite @Spinup there.',
  not_in_channel: 'I am not in that channel. Type /invite @Spinup there.',
  is_archived: 'That channel is archived. Unarchive it, or type /spinup notify in another one.',
  token_revoked: 'Slack says the app’s token was revoked. Install the app again.',
  token_expired: 'The app’s token has expired. Install the app again.',
  invalid_auth: 'Slack refuses the token. Copy the bot token again from the app’s page “OAuth & Permissions”.',
  not_authed: 'Slack got no token. Set SLACK_BOT_TOKEN, or install the app again.',
  account_inactive: 'The app was removed from the workspace. Install it again.',
  team_disabled: 'The workspace is disabled at Slack.',
  org_login_required: 'The workspace is moving to another organisation at Slack; install the app again afterwards.',
  missing_scope: 'The app lacks a permission. Add the scope under “OAuth & Permissions” and install the app again.',
  not_allowed_token_type:
    'That is another kind of token. The bot token begins with xoxb-, the app-level one with xapp-.',
  restricted_action: 'A setting of the workspace keeps apps from posting in that channel. Ask an admin.',
  restricted_action_read_only_channel: 'That channel is read-only. Choose another one.',
  restricted_action_thread_only_channel: 'That channel allows only replies in threads. Choose another one.',
  ekm_access_denied: 'The workspace’s admins have suspended apps from posting.',
  team_access_not_granted: 'The app is not allowed in that workspace. Ask an admin of the organisation.',
  user_not_found: 'Slack knows no such person any more.',
  messages_tab_disabled: 'The app’s “Messages” tab is off. Switch it on under “App Home”.',
  restricted_action_non_threadable_channel: 'That channel takes no replies in threads.',
  restricted_action_thread_locked: 'That thread is locked.',
  message_limit_exceeded:
    'The workspace has sent more messages than its plan allows. Ask an admin, or upgrade the plan.',
  two_factor_setup_required: 'The workspace demands two-factor sign-in of the person who installed the app. Set it up.',
  enterprise_is_restricted: 'The organisation does not let apps post there. Ask one of its admins.',
  access_denied: 'The workspace does not let the app do that. Ask an admin.',
  no_permission: 'The workspace does not let the app do that. Ask an admin to approve it.',
  not_allowed: 'The workspace does not let the app do that. Ask an admin to approve it.',
  accesslimited: 'The workspace takes no calls from this network. Ask an admin to allow the bot’s address.',
  team_not_found: 'Slack knows no such workspace any more. Install the app again.',
  user_not_in_channel: 'That person is not in the channel.',
  cannot_dm_bot: 'Bots cannot be written to. Choose a channel or a person.',
  user_disabled: 'That person’s account is disabled.',
  posting_to_general_channel_denied: 'A setting of the workspace keeps apps out of that channel. Choose another one.',
  restricted_plan_level: 'The workspace’s plan does not allow that. Upgrade it, or choose another channel.',
  as_user_not_supported: 'The app is of an old kind. Create it again from manifests/slack.yaml.',
  method_deprecated: 'Slack has taken that call away. Update Spinup.',
  deprecated_endpoint: 'Slack has taken that call away. Update Spinup.',
}

/** A message was taken for malformed. */
const REFUSED_CARD = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_attachments',
  'invalid_arguments',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
  'attachment_payload_limit_exceeded',
  'too_many_attachments',
  'slack_connect_file_upload_sharing_blocked',
  'file_not_found',
  'file_deleted',
])

/** A message was deleted, or can no longer be edited. */
const GONE = new Set(['message_not_found', 'edit_window_closed', 'cant_update_message'])

/** Slack's own troubles, which pass, and in which something may have been done already. */
const OWN_TROUBLE = new Set([
  'external_channel_migrating',
  'internal_error',
  'fatal_error',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
])

/** Slack's words for what it mostly says with a 429. */
const TOO_FAST = new Set(['rate_limited', 'ratelimited'])
const TOO_FAST_MS = 30_000

const UNKNOWN =
  'I do not know that word of Slack’s. Look it up at https://docs.slack.dev/reference/methods/chat.postMessage, check the app’s permissions (/spinup doctor), and try again.'

/** Nothing can be done with such a token any more. */
const DEAD_TOKEN = new Set(['token_revoked', 'account_inactive', 'invalid_auth'])

/** Slack's word for why it said no; null: it did not answer so. The SDK puts a page that came instead in the same place. */
export function errorCodeOf(error: unknown): string | null {
  const code: unknown = error instanceof webApi.WebAPIPlatformError ? error.data.error : null
  return typeof code === 'string' && /^[\w.:-]{1,80}$/.test(code) ? code : null
}

/** Whether the token is of no use any more, as after the app was taken out. */
export function isDeadToken(error: unknown): boolean {
  return DEAD_TOKEN.has(errorCodeOf(error) ?? '')
}

/** What a call about a card came to. */
export function explain(error: unknown): Failure {
  const code = errorCodeOf(error)
  const isWeather = code === null || OWN_TROUBLE.has(code) || TOO_FAST.has(code)
  const isKnown = isWeather || code in FOR_GOOD
  const means = GONE.has(code ?? '') ? 'gone' : REFUSED_CARD.has(code ?? '') ? 'refused' : isKnown ? 'other' : 'unclear'
  const answered = error instanceof webApi.WebAPIRateLimitedError || (code !== null && !OWN_TROUBLE.has(code))
  return { error: chatFailure(error, 'show a card'), means, inDoubt: !answered }
}

/** What went wrong at Slack as `chatFailed`, or as `unauthorised` where nothing at all may be sent there: what to do, whether trying again helps, and how long Slack wants to be left alone. */
export function chatFailure(error: unknown, doing: string): SpinupError {
  if (error instanceof SpinupError) return error
  if (error instanceof webApi.WebAPIRateLimitedError) {
    return new SpinupError('chatFailed', `Slack wants a pause of ${error.retryAfter} s while I ${doing}.`, {
      retryable: true,
      retryAfterMs: error.retryAfter * 1000,
    })
  }
  const code = errorCodeOf(error)
  if (code !== null) {
    if (TOO_FAST.has(code)) {
      return new SpinupError('chatFailed', `Slack wants a pause while I ${doing}.`, {
        retryable: true,
        retryAfterMs: TOO_FAST_MS,
      })
    }
    const remedy = FOR_GOOD[code]
    const needed = error instanceof webApi.WebAPIPlatformError ? (error.data as { needed?: unknown }).needed : undefined
    const more = typeof needed === 'string' ? ` It needs ${needed}.` : ''
    const retryable = OWN_TROUBLE.has(code)
    const advice = remedy ?? (retryable || REFUSED_CARD.has(code) || GONE.has(code) ? '' : UNKNOWN)
    const message = `Slack did not let me ${doing} (${code}). ${advice}${more}`.trim()
    return new SpinupError(remedy === undefined ? 'chatFailed' : 'unauthorised', message, { retryable })
  }
  if (error instanceof webApi.WebAPIHTTPError) {
    const retryable = error.statusCode >= 500 || error.statusCode === 408 || error.statusCode === 429
    const message = `Slack answered ${error.statusCode} while I tried to ${doing}.`
    return new SpinupError('chatFailed', message, { retryable })
  }
  // No cause: the SDK's errors hold headers and addresses that are secrets in themselves.
  return new SpinupError('chatFailed', `Slack did not answer while I tried to ${doing}; I will try again.`, {
    retryable: true,
  })
}

/** The same as people read it. */
export function errorView({ code, message }: SpinupError): ErrorView {
  return { kind: 'error', code, message, suggestion: null, example: null }
}
