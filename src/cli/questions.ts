import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { SpinupError } from '../core/model/error.ts'

/** Questions to the person at the terminal, or to the lines of a pipe. */
export interface Questions {
  /** The answer without spaces around it; a secret one is not shown while it is typed. Throws `configuration` at the end of input. */
  ask(prompt: string, secret?: boolean): Promise<string>
  say(line: string): void
  close(): void
}

export function openQuestions(): Questions {
  const { stdin, stdout } = process
  let hidden = false
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (hidden) done()
      else stdout.write(chunk, () => done())
    },
  })
  const reading = createInterface({ input: stdin, output, terminal: stdin.isTTY })
  reading.on('SIGINT', () => reading.close())
  // By its iterator: a line that comes before its question is asked is kept.
  const lines = reading[Symbol.asyncIterator]()
  return {
    async ask(prompt, secret = false) {
      stdout.write(prompt)
      hidden = secret
      const { value, done } = await lines.next()
      hidden = false
      if (secret || !stdin.isTTY) stdout.write('\n')
      if (done) throw new SpinupError('configuration', 'ended before the last question; nothing was written.')
      return String(value).trim()
    },
    say: (line) => void stdout.write(`${line}\n`),
    close: () => reading.close(),
  }
}
