import { fileURLToPath } from 'node:url'
import { createCanvas, GlobalFonts } from '@napi-rs/canvas'
import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  SubTitle,
  Title,
  type ChartConfiguration,
  type Plugin,
  type Scale,
} from 'chart.js'
import type { ChartSpec } from '../core/model/chart.ts'
import { chartPlan, type ChartPlan } from './chart-config.ts'
import type { ChartPoint } from './datasets.ts'
import { areaMark, captionMarks, fontOf } from './marks/pen.ts'
import { endMarks } from './marks/ends.ts'
import { eventMarks } from './marks/events.ts'
import { labelMarks } from './marks/labels.ts'
import { paletteOf } from './palette.ts'
import { encodePng } from './png.ts'
import { sizeOf, type RenderOptions } from './renderer.ts'
import type { Tick } from './value-axis.ts'
import { SpinupError } from '../core/model/error.ts'
import { FONT_PARTS } from './text.ts'

/** Draws in the calling thread, which stands still meanwhile; made once per thread. */
export function createDraw(): (spec: ChartSpec, options: RenderOptions) => Uint8Array<ArrayBuffer> {
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
    const { theme } = options
    const { width, height, scale } = sizeOf(spec, options)
    const palette = paletteOf(theme)
    const plan = chartPlan(spec, { theme, width, height, measure })
    canvas.width = width
    canvas.height = height
    const chart = new Chart(
      // Chart.js asks of a canvas only what this one has.
      canvas as unknown as ConstructorParameters<typeof Chart>[0],
      complete(plan, scale, palette.textSoft, [
        areaMark(palette),
        eventMarks(plan, palette),
        endMarks(plan, palette),
        captionMarks(plan, palette),
        labelMarks(plan, palette),
      ]),
    )
    try {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      return encodePng(data, canvas.width, canvas.height)
    } finally {
      chart.destroy()
    }
  }
}

/** An axis without anything on it, as wide as the labels at the ends of lines: the title goes over it. */
function roomRight(width: number): NonNullable<NonNullable<ChartConfiguration<'line'>['options']>['scales']>[string] {
  return {
    type: 'linear',
    position: 'right',
    ticks: { display: false },
    grid: { display: false },
    border: { display: false },
    // Ticks would be written, though nobody sees them.
    afterBuildTicks: (axis: Scale) => {
      axis.ticks = []
    },
    afterFit: (axis: Scale) => {
      axis.width = width
    },
  }
}

/** The plan with what plain data cannot say: its own ticks, and the marks. */
function complete(
  plan: ChartPlan,
  scale: number,
  strong: string,
  plugins: Plugin<'line'>[],
): ChartConfiguration<'line', ChartPoint[]> {
  const { config, ticks, room } = plan
  const scales = Object.entries(config.options?.scales ?? {}).map(([id, options]) => {
    const own: readonly Tick[] = Object.hasOwn(ticks, id) ? ticks[id as keyof typeof ticks] : []
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
    options: {
      ...config.options,
      devicePixelRatio: scale,
      scales: { ...Object.fromEntries(scales), room: roomRight(room) },
    },
    plugins,
  }
}

const WEIGHTS = [400, 500, 600]

/** Makes Inter known to this process's canvases; a server without fonts would draw no text, and tell no error. */
function registerFonts(): void {
  for (const { family, subset } of FONT_PARTS) {
    for (const weight of WEIGHTS) {
      const path = fileURLToPath(import.meta.resolve(`@fontsource/inter/files/inter-${subset}-${weight}-normal.woff2`))
      if (GlobalFonts.registerFromPath(path, family) === null) {
        throw new SpinupError('configuration', `The font ${path} cannot be read; run npm ci again.`)
      }
    }
  }
}
