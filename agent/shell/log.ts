/** One JSON line on stderr per call. Nothing here ever takes a key: messages are made from fixed words and answers. */
export interface AgentLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** A log that hides `secret()` should an answer ever repeat it. */
export function createAgentLog(write: (line: string) => void, secret: () => string | null): AgentLog {
  const line = (level: string, fields: Readonly<Record<string, unknown>>, msg: string): void => {
    const text = JSON.stringify({ level, time: Date.now(), ...fields, msg })
    const hidden = secret()
    write(`${hidden === null || hidden === '' ? text : text.replaceAll(hidden, '[key]')}\n`)
  }
  return {
    info: (fields, message) => line('info', fields, message),
    warn: (fields, message) => line('warn', fields, message),
  }
}
