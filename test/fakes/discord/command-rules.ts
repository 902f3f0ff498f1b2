import { objects, type JsonObject } from './records.ts'

/** What Discord takes at most of one command: names, descriptions and values of all its parts together. */
const MOST_CHARACTERS = 8000
const MOST_PARTS = 25
const NAME = /^[-_'\p{Ll}\p{Lo}\p{N}]{1,32}$/u

/** What Discord would refuse of a command, one line each. */
export function checkCommand(command: JsonObject): readonly string[] {
  const size = sizeOf(command)
  return [
    ...wrongIn(command, ''),
    ...(size > MOST_CHARACTERS ? [`the command has ${size} of ${MOST_CHARACTERS} characters`] : []),
  ]
}

function wrongIn(part: JsonObject, above: string): readonly string[] {
  const path = `${above}/${String(part['name'])}`
  const options = objects(part['options'])
  const choices = objects(part['choices'])
  const description = String(part['description'] ?? '').length
  const names = options.map(({ name }) => name)
  const firstOptional = options.findIndex(({ required }) => required !== true)
  const rules: readonly (readonly [broken: boolean, words: string])[] = [
    [!NAME.test(String(part['name'])), 'its name'],
    [description < 1 || description > 100, `a description of ${description} characters`],
    [options.length > MOST_PARTS || choices.length > MOST_PARTS, 'more than 25 parts'],
    [new Set(names).size < names.length, 'two parts of the same name'],
    [
      firstOptional >= 0 && options.slice(firstOptional).some(({ required }) => required === true),
      'a required option after an optional one',
    ],
    [choices.length > 0 && part['autocomplete'] === true, 'choices and autocompletion'],
    [
      choices.some(({ name, value }) => String(name).length > 100 || String(value).length > 100),
      'a choice that is too long',
    ],
  ]
  return [
    ...rules.flatMap(([broken, words]) => (broken ? [`${path}: ${words}`] : [])),
    ...options.flatMap((one) => wrongIn(one, path)),
  ]
}

function sizeOf(part: JsonObject): number {
  const own = [part['name'], part['description'], part['value']].reduce<number>(
    (sum, text) => sum + (typeof text === 'string' ? text.length : 0),
    0,
  )
  return [...objects(part['options']), ...objects(part['choices'])].reduce((sum, one) => sum + sizeOf(one), own)
}
