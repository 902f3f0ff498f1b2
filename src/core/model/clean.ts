/** Without what cannot be seen and does harm: control characters but the line end, and what turns the direction of writing. */
export function withoutUnseen(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')
}

/** What people or droplets named, fit to be read: whole letters, line ends as `\n`, tabs as spaces, nothing unseen. */
export function clean(text: string): string {
  const lines = text.toWellFormed().replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
  return withoutUnseen(lines.replaceAll('\t', ' '))
}
