import { Resvg } from '@resvg/resvg-js'
import ivm from 'isolated-vm'
import type { About, Problem } from '../../core/visual/drawing.ts'
import type { Drawn } from '../kit/run.ts'
import { exportOf, type Answer, type Equipment, type Job } from '../messages.ts'
import { sanitise } from './sanitise.ts'

/** What no drawing needs: memory or threads outside the isolate's limit. */
const WITHOUT = 'for (const name of ["WebAssembly", "SharedArrayBuffer", "Atomics"]) delete globalThis[name]'
/** d3-cloud asks for timers before its first step, and does without them. */
const TIMERS = 'globalThis.setInterval = () => 1; globalThis.clearInterval = () => {}'
const FILE = 'visual.js'

/** A drawing of a letter. */
export const WARM_UP: Job = {
  source: `export default { title: 'One', needs: {}, draw: () => [['text', {}, 'a']] }`,
  order: {
    data: {
      pool: '',
      timeZone: 'Europe/Berlin',
      fromAt: 0,
      toAt: 1,
      series: [],
      tags: [],
      members: { at: [], value: [], most: 1 },
      events: [],
      cost: [],
    },
    options: {},
    canvas: { theme: 'dark', width: 540, height: 360 },
  },
  scale: 2.5,
}

/** Runs one job in an isolate of its own, of which nothing is left afterwards. */
export async function perform(equipment: Equipment, { source, order, scale }: Job): Promise<Answer> {
  const isolate = new ivm.Isolate({ memoryLimit: equipment.heapMb })
  /** Where what goes wrong now is to be looked for, where nothing says it better. */
  let place: Problem['place'] = null
  try {
    const context = await isolate.createContext()
    await context.eval(`${WITHOUT}\n${TIMERS}`)
    await context.eval(equipment.kit)
    // Taken before the team's code runs, so that it cannot stand in for them.
    const aboutOf: Callable = await context.eval('kit.aboutOf', { reference: true })
    const draw: Callable = await context.eval('kit.draw', { reference: true })
    const lengthOf: Callable = await context.eval('(text) => typeof text === "string" ? text.length : -1', {
      reference: true,
    })

    const read = async (call: Callable, ...parts: ivm.Transferable[]): Promise<unknown> => {
      const text = await call.apply(undefined, parts, { result: { promise: true, reference: true } })
      const length = Number(await lengthOf.apply(undefined, [text.derefInto()], {}))
      if (!(length >= 0 && length <= equipment.outputLength)) throw new Error(tooLong(equipment))
      return JSON.parse(String(await text.copy()))
    }

    const module = await isolate.compileModule(source, { filename: FILE })
    await module.instantiate(context, (name) => {
      throw new Error(
        `a visualisation imports nothing, so not ${name.slice(0, 80)}; libraries are named in "libraries"`,
      )
    })
    await module.evaluate({ promise: true })
    const visual = await module.namespace.get('default', { reference: true })
    place = exportOf(source)
    // It says so in the isolate, and is believed where it matters to nobody but itself.
    const about = (await read(aboutOf, visual.derefInto())) as About
    place = null
    if (order === null) return { kind: 'about', about }

    for (const name of about.libraries) await context.eval(equipment.libraries[name] ?? '')
    const loaded = await context.eval('globalThis.libraries ?? {}', { reference: true })
    const drawn = (await read(
      draw,
      visual.derefInto(),
      JSON.stringify(order),
      equipment.metrics,
      loaded.derefInto(),
    )) as Drawn
    const { svg, leftOut } = sanitise(`${drawn.svg}`, order.canvas.width, order.canvas.height)
    const png = scale === null ? null : rasterise(svg, order.canvas.width * scale, equipment.fontFiles)
    return { kind: 'drawn', about, svg, alt: `${drawn.alt}`, leftOut, png }
  } catch (error) {
    const failure = failureOf(error)
    return { ...failure, place: failure.place ?? place }
  } finally {
    if (!isolate.isDisposed) isolate.dispose()
  }
}

/** What is in the isolate: whatever it gives, it is looked at. */
type Callable = ivm.Reference<(...parts: ivm.Transferable[]) => unknown>

function rasterise(svg: string, width: number, fontFiles: readonly string[]): string {
  const picture = new Resvg(svg, {
    fitTo: { mode: 'width', value: Math.round(width) },
    font: { loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
  })
  return picture.render().asPng().toString('base64')
}

function tooLong({ outputLength }: Equipment): string {
  return `the picture has more than ${outputLength.toLocaleString('en-US')} characters`
}

/** What was thrown is the team's: looked at once, as text. */
function failureOf(error: unknown): Problem {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: '' }
  const found = new RegExp(`${FILE.replace('.', '\\.')}:(\\d+)(?::(\\d+))?`).exec(`${message}\n${stack}`)
  const place = found === null ? null : { line: Number(found[1]), column: Number(found[2] ?? 1) }
  return { kind: 'failed', why: message.replace(/ \[.*visual\.js:\d+:\d+\]$/s, '').slice(0, 400), place }
}
