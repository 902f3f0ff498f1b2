import { createCanvas } from '@napi-rs/canvas'
import { Chart, Filler, LinearScale, LineController, LineElement, PointElement, SubTitle, Title } from 'chart.js'
import type { ChartConfiguration, Plugin, Scale } from 'chart.js'
import type { ChartSpec } from '../core/model/chart.ts'
import { UTC, type TimeZone } from '../core/model/time-zone.ts'
import { chartPlan, type ChartPlan } from './chart-config.ts'
import type { ChartPoint } from './datasets.ts'
import { registerFonts } from './fonts.ts'
import { areaMark } from './marks/area.ts'
import { captionMarks } from './marks/captions.ts'
import { endMarks } from './marks/ends.ts'
import { eventMarks } from './marks/events.ts'
import { fontOf } from './marks/pen.ts'
import { targetMark } from './marks/target.ts'
import { paletteOf } from './palette.ts'
import { DEFAULT_SIZE, type RenderOptions } from './renderer.ts'
import type { Tick } from './time-axis.ts'

/** Draws in the calling thread, which stands still meanwhile; made once per thread. */
export function createDraw(zone: TimeZone = UTC): (spec: ChartSpec, options: RenderOptions) => Uint8Array<ArrayBuffer> {
  registerFonts()
  Chart.register(LineController, LineElement, PointElement, LinearScale, Filler, Title, SubTitle)
  // One for all charts: each new one would hold its pixels (5 MB) until the garbage collector comes by.
  const canvas = createCanvas(1, 1)
  const ruler = createCanvas(1, 1).getContext('2d')
  const measure = (text: string, size: number, weight: number): number => {
    ruler.font = fontOf(size, weight)
    return ruler.measureText(text).width
  }
  return (spec, options) => {
    const { theme, width = DEFAULT_SIZE.width, height = DEFAULT_SIZE.height, scale = DEFAULT_SIZE.scale } = options
    const palette = paletteOf(theme)
    const plan = chartPlan(spec, { theme, width, height, measure, zone })
    canvas.width = width
    canvas.height = height
    const chart = new Chart(
      // Chart.js asks of a canvas only what this one has.
      canvas as unknown as ConstructorParameters<typeof Chart>[0],
      complete(plan, scale, palette.textSoft, [
        areaMark(palette, spec.lines.length === 1),
        targetMark(plan, palette),
        eventMarks(plan, palette),
        endMarks(plan, palette),
        captionMarks(plan, palette),
      ]),
    )
    try {
      const png = canvas.toBuffer('image/png')
      // A copy of its own memory, which can be handed to another thread.
      return new Uint8Array(png)
    } finally {
      chart.destroy()
    }
  }
}

/** The plan with what plain data cannot say: its own ticks, and the marks. */
function complete(
  plan: ChartPlan,
  scale: number,
  strong: string,
  plugins: Plugin<'line'>[],
): ChartConfiguration<'line', ChartPoint[]> {
  const { config, ticks } = plan
  const axes: Readonly<Record<string, readonly Tick[]>> = ticks
  const scales = Object.entries(config.options?.scales ?? {}).map(([id, options]) => {
    const own = axes[id] ?? []
    return [
      id,
      {
        ...options,
        ticks: {
          ...options?.ticks,
          callback: (_: unknown, index: number) => own[index]?.label ?? '',
          color: ({ index }: { readonly index: number }) => (own[index]?.strong ? strong : options?.ticks?.color),
        },
        afterBuildTicks: (axis: Scale) => {
          axis.ticks = own.map(({ value }) => ({ value }))
        },
      },
    ] as const
  })
  return {
    ...config,
    options: { ...config.options, devicePixelRatio: scale, scales: Object.fromEntries(scales) },
    plugins,
  }
}
