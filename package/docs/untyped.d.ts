// What is used of packages that have no types of their own.

declare module '@11ty/eleventy' {
  export interface Written {
    readonly outputPath: string
    readonly content: string
  }
  export interface Config {
    addTemplate(path: string, content: string, data: Readonly<Record<string, unknown>>): void
    addGlobalData(name: string, value: unknown): void
    addFilter(name: string, filter: (value: string) => unknown): void
    amendLibrary(name: 'md', amend: (library: import('./markdown.ts').Markdown) => void): void
    setTemplateFormats(formats: readonly string[]): void
    on(event: 'eleventy.after', after: (done: { readonly results: readonly Written[] }) => Promise<void>): void
  }
  export class Eleventy {
    constructor(
      input: string,
      output: string,
      options: { readonly quietMode: boolean; readonly configPath: string; readonly config: (config: Config) => void },
    )
    write(): Promise<void>
  }
}

declare module 'markdown-it' {
  export default class MarkdownIt {
    constructor(options: { readonly html: boolean })
    parse(text: string, env: Readonly<Record<string, unknown>>): import('./markdown.ts').Token[]
  }
}

declare module 'nspell' {
  interface Speller {
    correct(word: string): boolean
    suggest(word: string): readonly string[]
    personal(words: string): Speller
  }
  export default function nspell(dictionary: { readonly aff: Uint8Array; readonly dic: Uint8Array }): Speller
}
