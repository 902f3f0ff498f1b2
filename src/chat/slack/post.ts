import type { webApi } from '@slack/bolt'

/** Posts a message without previews of the links in it. Throws the SDK's errors. */
export function post(
  client: webApi.WebClient,
  message: webApi.ChatPostMessageArguments,
): Promise<webApi.ChatPostMessageResponse> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that rule means windows of a browser
  return client.chat.postMessage({ unfurl_links: false, unfurl_media: false, ...message })
}
