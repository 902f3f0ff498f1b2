/** A time that each reader sees in words, counted from now: `3 minutes ago`; `at` is epoch ms. */
export function since(at: number): string {
  return stamp(at, 'R')
}

/** A time of day with seconds, on each reader's own clock; `at` is epoch ms. */
export function clock(at: number): string {
  return stamp(at, 'T')
}

/** `2026-01-15 11:59 UTC`, for names, where Discord reads no times; `at` is epoch ms. */
export function minute(at: number): string {
  return Math.abs(at) <= 8.64e15 ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'unknown time'
}

function stamp(at: number, style: 'R' | 'T'): string {
  return Number.isFinite(at) ? `<t:${Math.floor(at / 1000)}:${style}>` : 'at an unknown time'
}
