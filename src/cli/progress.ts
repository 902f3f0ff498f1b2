/** Tells how far a long piece of work is: a bar on a terminal, a line for each part done elsewhere. */
export interface Progress {
  /** So much more is done. */
  step(amount: number): void
  /** A part of it is done. */
  part(name: string): void
  /** Takes the bar away. */
  end(): void
}

const WIDTH = 30
const EVERY_MS = 100
/** Looking at the clock costs more than most steps do. */
const LOOK = 5000

/** `total`: all that is to be done; written to `stream`. */
export function createProgress(
  total: number,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
): Progress {
  const startedAt = performance.now()
  let done = 0
  let unseen = 0
  let drawnAt = 0
  let partAt = startedAt
  let name = ''
  function draw(): void {
    const share = Math.min(1, done / total)
    const full = Math.round(share * WIDTH)
    const left = share > 0.02 ? ((performance.now() - startedAt) / 1000) * (1 / share - 1) : null
    const time = left === null ? '' : `  ${Math.ceil(left)} s left`
    stream.write(
      `\r\u001B[K${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.floor(share * 100)} %${time}  ${name}`,
    )
  }
  return {
    step: (amount) => {
      done += amount
      unseen += amount
      if (stream.isTTY !== true || unseen < LOOK) return
      unseen = 0
      const now = performance.now()
      if (now - drawnAt < EVERY_MS) return
      drawnAt = now
      draw()
    },
    part: (done) => {
      name = `${done} done`
      const now = performance.now()
      if (stream.isTTY !== true) stream.write(`${done}: ${((now - partAt) / 1000).toFixed(1)} s\n`)
      partAt = now
    },
    end: () => {
      if (stream.isTTY === true) stream.write('\r\u001B[K')
    },
  }
}
