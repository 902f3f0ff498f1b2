import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCanvas } from '@napi-rs/canvas'
import { CategoryScale, Chart, Legend, type ChartConfiguration } from 'chart.js'
import { createDraw } from '../../src/charts/draw.ts'
import { chartSpec } from '../charts/specs.ts'

/** What an order said. */
export interface ChartOrder {
  readonly width: number
  readonly height: number
  readonly devicePixelRatio: number
  readonly backgroundColor: string
  readonly format: string
  readonly version: string
  /** As text: JSON, or code that this one refuses to run. */
  readonly chart: string
}

/** A QuickChart server that draws what it is sent, with Chart.js on a canvas; a configuration that is no JSON is refused. */
export interface FakeQuickChart {
  readonly url: string
  readonly orders: readonly ChartOrder[]
  /** How the next orders are answered; `null` again: drawn. */
  fault: 'busy' | 'silent' | 'cut' | 'page' | 'huge' | null
  stop(): Promise<void>
}

export async function startFakeQuickChart(): Promise<FakeQuickChart> {
  // Registers what the local renderer uses, and its fonts.
  createDraw()(chartSpec(), { theme: 'dark', width: 120, height: 120, scale: 1 })
  Chart.register(CategoryScale)
  const orders: ChartOrder[] = []
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(400, { 'x-quickchart-error': String(error).split('\n')[0] })
      response.end(draw(ERROR_PICTURE))
    })
  })
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.url !== '/chart') throw new Error(`no ${request.method} ${request.url}`)
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const order = JSON.parse(text) as ChartOrder
    orders.push(order)
    switch (fake.fault) {
      case 'busy':
        return void response.writeHead(429, { 'x-quickchart-error': 'Rate limit' }).end()
      case 'silent':
        return undefined
      case 'cut':
        response.writeHead(200, { 'content-type': 'image/png', 'content-length': 5000 })
        response.write(Buffer.alloc(100))
        return void setImmediate(() => response.destroy())
      case 'page':
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in to the hotel</h1>')
      case 'huge':
        return void response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(9 * 1024 * 1024))
      default: {
        const picture = draw(order)
        response.writeHead(200, { 'content-type': 'image/png' }).end(picture)
      }
    }
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const fake: FakeQuickChart = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    orders,
    fault: null,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return fake
}

const ERROR_PICTURE: ChartOrder = {
  width: 300,
  height: 150,
  devicePixelRatio: 1,
  backgroundColor: '#ffffff',
  format: 'png',
  version: '4',
  chart: '{"type":"line","data":{"datasets":[]},"options":{"animation":false,"responsive":false}}',
}

function draw(order: ChartOrder): Buffer {
  if (order.version !== '4' || order.format !== 'png') throw new Error(`no ${order.format} of version ${order.version}`)
  const config = JSON.parse(order.chart) as ChartConfiguration
  const canvas = createCanvas(order.width, order.height)
  const chart = new Chart(canvas as unknown as ConstructorParameters<typeof Chart>[0], {
    ...config,
    options: { ...config.options, devicePixelRatio: order.devicePixelRatio },
    plugins: [
      Legend,
      {
        id: 'background',
        beforeDraw: ({ ctx, width, height }) => {
          ctx.save()
          ctx.fillStyle = order.backgroundColor
          ctx.fillRect(0, 0, width, height)
          ctx.restore()
        },
      },
    ],
  })
  try {
    return canvas.toBuffer('image/png')
  } finally {
    chart.destroy()
  }
}
