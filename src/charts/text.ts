/** Width of `text` in CSS pixels at a size and weight of the chart's font. */
export type Measure = (text: string, size: number, weight: number) => number

/** A guess good to a tenth, for where no canvas is at hand. */
export function estimate(text: string, size: number, weight: number): number {
  return [...text].length * size * (weight >= 600 ? 0.6 : 0.57)
}

/** One line without line breaks, control characters and pictographs, which the bundled font does not have. */
export function oneLine(text: string): string {
  return text
    .slice(0, 400)
    .replaceAll(/\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u{fe0f}\u{20e3}\u{200d}]/gu, '')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
}

/** `text` cut to `width` with an ellipsis; empty when not even two letters fit. */
export function fit(text: string, width: number, measured: (text: string) => number): string {
  if (measured(text) <= width) return text
  const letters = [...text]
  let low = 0
  let high = letters.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (measured(`${letters.slice(0, middle).join('').trimEnd()}…`) <= width) low = middle
    else high = middle - 1
  }
  return low < 2
    ? ''
    : `${letters
        .slice(0, low)
        .join('')
        .replace(/[\s,·–-]+$/, '')}…`
}
