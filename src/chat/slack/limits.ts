import { checkText, list, object, repeated, tooLong, tooMany, type Json } from './render/measure.ts'

/**
 * What Slack takes at most, from its Block Kit reference; counted in UTF-16 units, which is never less than Slack counts.
 * A message or view over one of them is refused whole.
 */
export const LIMITS = {
  blocksPerMessage: 50,
  blocksPerView: 100,
  /** See `weight`: Slack refuses messages of about 13,200 (`msg_blocks_too_long`) and names no figure. */
  weight: 12_000,
  /** Of a message's `text`: longer ones are cut by `chat.postMessage` and refused by `chat.update`. */
  messageText: 4000,
  sectionText: 3000,
  plainText: 3000,
  header: 150,
  fields: 10,
  fieldText: 2000,
  actionElements: 25,
  contextElements: 10,
  buttonText: 75,
  buttonValue: 2000,
  actionId: 255,
  blockId: 255,
  url: 3000,
  selectOptions: 100,
  overflowOptions: 5,
  optionText: 75,
  optionValue: 150,
  optionDescription: 75,
  placeholder: 150,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  altText: 2000,
  imageTitle: 2000,
  inputLabel: 2000,
  inputHint: 2000,
  inputMost: 3000,
  viewTitle: 24,
  viewButton: 24,
  privateMetadata: 3000,
  callbackId: 255,
} as const

/** Every way in which a message is more than Slack takes, e.g. `blocks[2].text: 3100 of 3000 characters`; none: it fits. */
export function checkSlackMessage(message: {
  readonly text?: string | undefined
  readonly blocks?: readonly unknown[] | undefined
  readonly thread?: { readonly text: string; readonly blocks: readonly unknown[] } | null | undefined
}): readonly string[] {
  const { text = '', blocks = [], thread } = message
  return [
    ...(text === '' ? ['text: there is none for those who see no blocks'] : tooLong('text', text, LIMITS.messageText)),
    ...tooMany('blocks', blocks, LIMITS.blocksPerMessage),
    ...(weight(blocks) > LIMITS.weight ? [`blocks: ${weight(blocks)} of ${LIMITS.weight} characters as JSON`] : []),
    ...checkBlocks(blocks),
    ...(thread ? checkSlackMessage(thread).map((found) => `thread: ${found}`) : []),
  ]
}

/** Characters of blocks as JSON, without buttons and menus: a menu alone may hold three times as much as a message. */
export function weight(blocks: readonly unknown[]): number {
  return JSON.stringify(blocks.filter((block) => object(block)['type'] !== 'actions')).length
}

/** The same of a modal or an App Home. */
export function checkSlackView(view: {
  readonly type: string
  readonly blocks: readonly unknown[]
}): readonly string[] {
  const { title, submit, close, private_metadata, callback_id, blocks } = view as Json & typeof view
  return [
    ...(view.type === 'modal' ? checkText('title', title, LIMITS.viewTitle) : []),
    ...(submit === undefined ? [] : checkText('submit', submit, LIMITS.viewButton)),
    ...(close === undefined ? [] : checkText('close', close, LIMITS.viewButton)),
    ...tooLong('private_metadata', private_metadata, LIMITS.privateMetadata),
    ...tooLong('callback_id', callback_id, LIMITS.callbackId),
    ...(submit === undefined && blocks.some((block) => object(block)['type'] === 'input')
      ? ['submit: missing beside inputs']
      : []),
    ...tooMany('blocks', blocks, LIMITS.blocksPerView),
    ...checkBlocks(blocks),
  ]
}

function checkBlocks(blocks: readonly unknown[]): readonly string[] {
  const all = blocks.map(object)
  const actionIds = all.flatMap((block) => [...list(block['elements']), block['element'], block['accessory']])
  return [
    ...all.flatMap((block, index) => checkBlock(`blocks[${index}]`, block)),
    ...repeated('block_id', all),
    ...repeated('action_id', actionIds.map(object)),
  ]
}

function checkBlock(at: string, block: Json): readonly string[] {
  const elements = list(block['elements'])
  const within = (check: (at: string, element: Json) => readonly string[]): readonly string[] =>
    elements.flatMap((element, index) => check(`${at}.elements[${index}]`, object(element)))
  const empty = elements.length === 0 ? [`${at}.elements: empty`] : []
  const named = tooLong(`${at}.block_id`, block['block_id'], LIMITS.blockId)
  switch (block['type']) {
    case 'header':
      return [...named, ...checkText(`${at}.text`, block['text'], LIMITS.header, true)]
    case 'divider':
      return named
    case 'section': {
      const fields = list(block['fields'])
      return [
        ...named,
        ...(block['text'] === undefined && fields.length === 0 ? [`${at}: neither text nor fields`] : []),
        ...(block['text'] === undefined ? [] : checkText(`${at}.text`, block['text'], LIMITS.sectionText)),
        ...tooMany(`${at}.fields`, fields, LIMITS.fields),
        ...fields.flatMap((field, index) => checkText(`${at}.fields[${index}]`, field, LIMITS.fieldText)),
        ...(block['accessory'] === undefined ? [] : checkElement(`${at}.accessory`, object(block['accessory']))),
      ]
    }
    case 'context':
      return [
        ...named,
        ...empty,
        ...tooMany(`${at}.elements`, elements, LIMITS.contextElements),
        ...within((place, element) =>
          element['type'] === 'image' ? checkImage(place, element) : checkText(place, element, LIMITS.plainText),
        ),
      ]
    case 'actions':
      return [
        ...named,
        ...empty,
        ...tooMany(`${at}.elements`, elements, LIMITS.actionElements),
        ...within(checkElement),
      ]
    case 'image':
      return [...named, ...checkImage(at, block)]
    case 'rich_text':
      return [...named, ...empty, ...within(checkRichText)]
    case 'input':
      return [
        ...named,
        ...checkText(`${at}.label`, block['label'], LIMITS.inputLabel, true),
        ...(block['hint'] === undefined ? [] : checkText(`${at}.hint`, block['hint'], LIMITS.inputHint, true)),
        ...checkElement(`${at}.element`, object(block['element'])),
      ]
    default:
      return [`${at}: a block of type ${String(block['type'])} is not among those that Spinup draws`]
  }
}

function checkImage(at: string, image: Json): readonly string[] {
  const source = image['image_url'] === undefined && object(image['slack_file'])['id'] === undefined
  return [
    ...(source ? [`${at}: no picture`] : []),
    ...(image['alt_text'] === undefined || image['alt_text'] === '' ? [`${at}.alt_text: missing`] : []),
    ...tooLong(`${at}.alt_text`, image['alt_text'], LIMITS.altText),
    ...tooLong(`${at}.image_url`, image['image_url'], LIMITS.url),
    ...(image['title'] === undefined ? [] : checkText(`${at}.title`, image['title'], LIMITS.imageTitle, true)),
  ]
}

function checkRichText(at: string, element: Json): readonly string[] {
  const inner = list(element['elements']).map(object)
  if (inner.length === 0) return [`${at}.elements: empty`]
  return inner.flatMap((span, index) => {
    const place = `${at}.elements[${index}]`
    if (span['type'] === 'rich_text_section') return checkRichText(place, span)
    if (span['type'] === 'text') return span['text'] === '' ? [`${place}.text: empty`] : []
    return tooLong(`${place}.url`, span['url'], LIMITS.url)
  })
}

function checkElement(at: string, element: Json): readonly string[] {
  const named = tooLong(`${at}.action_id`, element['action_id'], LIMITS.actionId)
  switch (element['type']) {
    case 'button':
      return [
        ...named,
        ...checkText(`${at}.text`, element['text'], LIMITS.buttonText, true),
        ...tooLong(`${at}.value`, element['value'], LIMITS.buttonValue),
        ...tooLong(`${at}.url`, element['url'], LIMITS.url),
        ...checkConfirm(`${at}.confirm`, element['confirm']),
      ]
    case 'static_select':
      return [...named, ...checkOptions(at, element, 1, LIMITS.selectOptions)]
    case 'overflow':
      return [...named, ...checkOptions(at, element, 1, LIMITS.overflowOptions)]
    case 'plain_text_input': {
      const most = element['max_length']
      const room = typeof most === 'number' ? most : LIMITS.inputMost
      return [
        ...named,
        ...(room < 1 || room > LIMITS.inputMost ? [`${at}.max_length: ${room}, not 1 to ${LIMITS.inputMost}`] : []),
        ...tooLong(`${at}.initial_value`, element['initial_value'], room),
      ]
    }
    default:
      return [`${at}: an element of type ${String(element['type'])} is not among those that Spinup draws`]
  }
}

function checkOptions(at: string, element: Json, least: number, most: number): readonly string[] {
  const options = list(element['options']).map(object)
  const initial = element['initial_option']
  const same = (option: Json): boolean => JSON.stringify(option) === JSON.stringify(initial)
  return [
    ...(options.length < least ? [`${at}.options: ${options.length}, at least ${least}`] : []),
    ...tooMany(`${at}.options`, options, most),
    ...(initial !== undefined && !options.some(same) ? [`${at}.initial_option: not one of the options`] : []),
    ...(element['placeholder'] === undefined
      ? []
      : checkText(`${at}.placeholder`, element['placeholder'], LIMITS.placeholder, true)),
    ...options.flatMap((option, index) => [
      ...checkText(`${at}.options[${index}].text`, option['text'], LIMITS.optionText, true),
      ...tooLong(`${at}.options[${index}].value`, option['value'], LIMITS.optionValue),
      ...(option['description'] === undefined
        ? []
        : checkText(`${at}.options[${index}].description`, option['description'], LIMITS.optionDescription, true)),
    ]),
    ...checkConfirm(`${at}.confirm`, element['confirm']),
  ]
}

function checkConfirm(at: string, confirm: unknown): readonly string[] {
  if (confirm === undefined) return []
  const { title, text, confirm: yes, deny } = object(confirm)
  return [
    ...checkText(`${at}.title`, title, LIMITS.confirmTitle, true),
    ...checkText(`${at}.text`, text, LIMITS.confirmText),
    ...checkText(`${at}.confirm`, yes, LIMITS.confirmButton, true),
    ...checkText(`${at}.deny`, deny, LIMITS.confirmButton, true),
  ]
}
