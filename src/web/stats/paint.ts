import type uPlot from 'uplot'
import type { Drawing } from './drawn.ts'

/** A line at each mark, behind everything. */
export function paintMarks(self: uPlot, marks: Drawing['marks']): void {
  const { ctx, bbox } = self
  ctx.save()
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
  for (const { at, colour } of marks) {
    const x = self.valToPos(at, 'x', true)
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.strokeStyle = colour
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

/** The value each member is kept at. */
export function paintTarget(self: uPlot, target: Drawing['target'], scale: number): void {
  if (target === null) return
  const { ctx, bbox } = self
  const y = self.valToPos(target.value, 'y', true)
  ctx.save()
  ctx.strokeStyle = target.colour
  ctx.lineWidth = 1.2 * devicePixelRatio * scale
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.globalAlpha = 0.75
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}

/** Names above the highest point of the lines that have one; `behind` is the colour they stand on. */
export function paintLabels(
  self: uPlot,
  lines: Drawing['lines'],
  { scale, behind }: { readonly scale: number; readonly behind: string },
): void {
  const { ctx, bbox } = self
  for (const { label, at, value, colour } of lines) {
    if (label === undefined) continue
    let top = -1
    for (const [index, one] of value.entries()) if (one !== null && (top < 0 || one > (value[top] ?? 0))) top = index
    const [instant, highest] = [at[top], value[top]]
    if (instant === undefined || highest == null) continue
    ctx.save()
    ctx.textAlign = 'left'
    ctx.font = `600 ${Math.round(11.5 * scale * devicePixelRatio)}px Inter, system-ui, sans-serif`
    const width = ctx.measureText(label).width
    const x = Math.min(
      bbox.left + bbox.width - width - 4,
      Math.max(bbox.left + 4, self.valToPos(instant, 'x', true) - width / 2),
    )
    const y = Math.max(
      bbox.top + 12 * scale * devicePixelRatio,
      self.valToPos(highest, 'y', true) - 6 * devicePixelRatio,
    )
    ctx.lineJoin = 'round'
    ctx.lineWidth = 4 * devicePixelRatio
    ctx.strokeStyle = behind
    ctx.strokeText(label, x, y)
    ctx.fillStyle = colour
    ctx.fillText(label, x, y)
    ctx.restore()
  }
}
