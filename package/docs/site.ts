import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { Eleventy, type Config } from '@11ty/eleventy'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { build as bundle } from 'esbuild'
import { copyOf, pictureOf } from './links.ts'
import { sitePages } from './markdown.ts'
import { nameOf, PAGES, ROOT, SECTIONS } from './pages.ts'
import { piecesOf, words, type Piece } from './search.ts'

const HERE = 'package/docs'

/**
 * docs/ as a site, in the folder `out` (from the root on), for the bot to serve at /docs, or
 * any other server: Eleventy reads the Markdown, esbuild bundles what browsers run, and nothing is fetched from anywhere.
 * The process stays in Spinup's folder. Throws where `out` holds something else than such a site.
 */
export async function buildSite(out: string): Promise<void> {
  process.chdir(ROOT)
  const folder = join(ROOT, out)
  const texts = new Map(await Promise.all(PAGES.map(async ({ file }) => [file, await readFile(file, 'utf8')] as const)))
  const used = new Set<string>()
  // A folder that is somebody's own stays as it is.
  const before = await readdir(folder).catch((): readonly string[] => [])
  if (before.length > 0 && !before.includes('search.json')) throw new Error(`${out} holds something else; give another`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const config = (given: Config): void => configure(given, { out, texts, used })
  await Promise.all([
    new Eleventy(HERE, out, { quietMode: true, configPath: `${HERE}/eleventy.config.js`, config }).write(),
    bundle({
      absWorkingDir: ROOT,
      entryPoints: [
        { in: `${HERE}/browser/docs.ts`, out: 'docs' },
        { in: 'src/web/console/first.ts', out: 'theme' },
        { in: `${HERE}/docs.css`, out: 'style' },
      ],
      outdir: folder,
      loader: { '.woff2': 'file' },
      assetNames: '[name]',
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2023',
      logLevel: 'warning',
    }),
    copyFile(join(ROOT, 'src/web/console/icon.svg'), join(folder, 'icon.svg')),
  ])
  await Promise.all([...used].map((file) => (file.endsWith('.png') ? picture(file, folder) : copy(file, folder))))
  console.log(`built ${PAGES.length} pages into ${out}/`)
}

interface Work {
  readonly out: string
  /** The pages' Markdown. */
  readonly texts: ReadonlyMap<string, string>
  /** Files of the project that a page links or shows. */
  readonly used: Set<string>
}

function configure(config: Config, { out, texts, used }: Work): void {
  config.setTemplateFormats(['md'])
  config.amendLibrary('md', (markdown) => sitePages(markdown, (file) => used.add(file)))
  config.addGlobalData(
    'sections',
    SECTIONS.map(({ name, pages }) => ({
      name,
      pages: pages.map(({ file, title }) => ({ title, name: nameOf(file), address: addressOfPage(file) })),
    })),
  )
  config.addFilter('headings', (html) =>
    [...html.matchAll(/<h2 id="([^"]*)">([\s\S]*?)<\/h2>/g)].map(([, id, text]) => ({ id, text: words(text ?? '') })),
  )
  PAGES.forEach(({ file, title }, at) => {
    const beside = (other: (typeof PAGES)[number] | undefined) =>
      other === undefined ? null : { title: other.title, address: addressOfPage(other.file) }
    config.addTemplate(`${HERE}/${nameOf(file)}.md`, texts.get(file) ?? '', {
      source: file,
      layout: 'page.njk',
      permalink: `${nameOf(file)}.html`,
      name: nameOf(file),
      title,
      previous: beside(PAGES[at - 1]),
      next: beside(PAGES[at + 1]),
    })
  })
  config.addTemplate(`${HERE}/404.md`, MISSING, {
    source: 'docs/index.md',
    layout: 'page.njk',
    permalink: '404.html',
    name: '404',
    title: 'Not found',
  })
  config.on('eleventy.after', async ({ results }) => {
    const pieces: Piece[] = results.flatMap(({ outputPath, content }) => {
      const name = relative(out, outputPath).replace(/\.html$/, '')
      const title = PAGES.find(({ file }) => nameOf(file) === name)?.title ?? name
      const article = /<article[^>]*>([\s\S]*)<\/article>/.exec(content)?.[1] ?? ''
      return name === 'changelog' || name === '404' ? [] : piecesOf(name === 'index' ? './' : name, title, article)
    })
    await writeFile(join(ROOT, out, 'search.json'), JSON.stringify(pieces))
  })
}

/** What the bot answers in place of a page that there is not; other servers know the name too. */
const MISSING = `# There is no such page

It may have another name by now. Search for it above, or take it from the menu; the documentation begins at the [overview](index.md).
`

const addressOfPage = (file: string): string => (nameOf(file) === 'index' ? './' : nameOf(file))

async function copy(file: string, folder: string): Promise<void> {
  const to = join(folder, copyOf(file))
  await mkdir(dirname(to), { recursive: true })
  await copyFile(join(ROOT, file), to)
}

/** Pixels: what a page shows on a sharp screen. */
const WIDEST = 1080

/** A fraction of the PNG's bytes, for what looks the same at the width of a page. */
async function picture(file: string, folder: string): Promise<void> {
  const image = await loadImage(join(ROOT, file))
  const scale = Math.min(1, WIDEST / image.width)
  const canvas = createCanvas(Math.round(image.width * scale), Math.round(image.height * scale))
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  await writeFile(join(folder, pictureOf(file)), await canvas.encode('webp', 65))
}
