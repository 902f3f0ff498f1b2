import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { encodePng } from '../../src/charts/png.ts'

async function decoded(png: Uint8Array): Promise<{ width: number; height: number; data: Uint8ClampedArray }> {
  const image = await loadImage(Buffer.from(png))
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  return context.getImageData(0, 0, image.width, image.height)
}

function pixels(width: number, height: number, colour: (x: number, y: number) => readonly number[]): Uint8ClampedArray {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set([...colour(x, y), 255], (y * width + x) * 4)
  }
  return data
}

describe('a picture as PNG', () => {
  it('has the pixels it is made of, where they have few colours', async () => {
    for (const [width, height] of [
      [1, 1],
      [7, 3],
      [300, 121],
    ] as const) {
      const data = pixels(width, height, (x, y) => [x % 16, (y * 17) % 256, (x * y) % 2])
      const read = await decoded(encodePng(data, width, height))
      assert.deepEqual([read.width, read.height], [width, height])
      const few = new Set(new Uint32Array(data.buffer)).size <= 256
      if (few) assert.deepEqual(read.data, data)
    }
  })

  it('keeps the frequent colours of many, and shows the others nearly as they are', async () => {
    // Twelve colours that run into the ground in 100 shades each, as the edges of lines do.
    const hues = Array.from({ length: 12 }, (_, hue) => [hue * 20, 255 - hue * 20, (hue * 97) % 256])
    const data = pixels(400, 200, (x, y) =>
      y < 100 ? [91, 140, 255] : (hues[x % 12] ?? []).map((part) => Math.round(15 + ((part - 15) * (y - 100)) / 100)),
    )
    const read = await decoded(encodePng(data, 400, 200))
    assert.deepEqual(read.data.slice(0, 400 * 100 * 4), data.slice(0, 400 * 100 * 4))
    let far = 0
    for (let at = 0; at < data.length; at += 1) far = Math.max(far, Math.abs((data[at] ?? 0) - (read.data[at] ?? 0)))
    assert.ok(far <= 32, `${far} away at worst`)
  })
})
