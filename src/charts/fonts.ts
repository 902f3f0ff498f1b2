import { fileURLToPath } from 'node:url'
import { GlobalFonts } from '@napi-rs/canvas'
import { SpinupError } from '../core/model/error.ts'
import { FONT_PARTS } from './font-family.ts'

const WEIGHTS = [400, 500, 600]

/** Makes Inter known to this process's canvases; a server without fonts would draw no text, and tell no error. */
export function registerFonts(): void {
  for (const { family, subset } of FONT_PARTS) {
    for (const weight of WEIGHTS) {
      const path = fileURLToPath(import.meta.resolve(`@fontsource/inter/files/inter-${subset}-${weight}-normal.woff2`))
      if (GlobalFonts.registerFromPath(path, family) === null) {
        throw new SpinupError('configuration', `The font ${path} cannot be read; run npm ci again.`)
      }
    }
  }
}
