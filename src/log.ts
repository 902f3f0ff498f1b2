/** What a log line never shows, wherever it stands in the logged object. */
export const REDACTED: readonly string[] = ['token', 'key', 'secret', 'password', 'authorization', 'userData'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
)
