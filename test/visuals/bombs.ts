/** Code and pictures that mean harm, and how each must end: `failed`, or `drawn` with nothing of it in the picture. */
export interface Bomb {
  readonly name: string
  /** The body of `draw(data, options, kit)`, or a whole module where it has an export. */
  readonly code: string
  readonly ends: 'failed' | 'drawn' | 'either'
}

/** A picture of the given inside. */
const svg = (inside: string): string =>
  `return \`<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">${inside}</svg>\``
const ok = svg('<rect width="10" height="10"/>')

/** Ends well only where every one of the words is unreachable: what is found goes into the picture, where the test looks for it. */
const reach = (expression: string): string => `
  let found = 'nothing'
  try { const it = await (${expression}); found = it === undefined || it === null ? 'nothing' : 'LEAKED ' + typeof it + ' ' + String(it).slice(0, 200) } catch (error) { found = 'nothing' }
  return '<svg xmlns="http://www.w3.org/2000/svg"><text>' + found.replace(/[<&]/g, '') + '</text></svg>'`

const loops: readonly Bomb[] = [
  { name: 'an endless loop', code: 'for (;;) {}', ends: 'failed' },
  { name: 'an endless loop while loading', code: 'for (;;) {}; export default {}', ends: 'failed' },
  { name: 'a promise that never settles', code: 'await new Promise(() => {})', ends: 'failed' },
  { name: 'promises that follow each other for ever', code: 'for (;;) await null', ends: 'failed' },
  {
    name: 'a thenable that calls itself',
    code: 'const it = { then(done) { Promise.resolve().then(() => it.then(done)) } }; await it',
    ends: 'failed',
  },
  { name: 'endless recursion', code: 'const go = () => go() + 1; return go()', ends: 'failed' },
  { name: 'a getter without end', code: 'return { get length() { for (;;) {} } }', ends: 'failed' },
  {
    name: 'a default export that loops when looked at',
    code: 'export default { title: "x", needs: {}, get draw() { for (;;) {} } }',
    ends: 'failed',
  },
  {
    name: 'a title without end',
    code: 'export default { title: "x", needs: {}, draw() {}, get options() { for (;;) {} } }',
    ends: 'failed',
  },
  { name: 'a generator without end', code: 'function* all() { for (;;) yield 1 }; return [...all()]', ends: 'failed' },
  {
    name: 'a regular expression that backtracks',
    code: 'return /^(a+)+$/.test("a".repeat(60) + "b") ? "" : ""',
    ends: 'failed',
  },
  { name: 'another that backtracks', code: 'return /(x+x+)+y/.exec("x".repeat(80))', ends: 'failed' },
  { name: 'sorting without end', code: 'return [3, 2, 1].sort(() => { for (;;) {} })', ends: 'failed' },
]

const memory: readonly Bomb[] = [
  { name: '1 GB of arrays', code: 'const all = []; for (;;) all.push(new Array(100_000).fill(1.5))', ends: 'failed' },
  { name: '1 GB of small objects', code: 'let all = null; for (;;) all = { all, a: 1, b: 2 }', ends: 'failed' },
  {
    name: '1 GB of strings',
    code: 'const all = []; for (let n = 0; ; n++) all.push(String(n).padStart(100_000, "x").split("").join("y"))',
    ends: 'failed',
  },
  {
    name: 'one string of 500 MB',
    code: 'const text = "x".repeat(500_000_000); return text.replaceAll("x", "y")',
    ends: 'failed',
  },
  {
    name: '1 GB of buffers',
    code: 'const all = []; for (;;) all.push(new Uint8Array(10_000_000).fill(1))',
    ends: 'failed',
  },
  { name: 'one buffer of 1 GB', code: 'return String(new ArrayBuffer(1_000_000_000).byteLength)', ends: 'failed' },
  {
    name: 'a buffer that grows',
    code: 'const it = new ArrayBuffer(1, { maxByteLength: 1e9 }); it.resize(1e9); new Uint8Array(it).fill(1); return ""',
    ends: 'failed',
  },
  {
    name: '1 GB of WebAssembly',
    code: 'const all = []; for (;;) { const it = new WebAssembly.Memory({ initial: 1000 }); new Uint8Array(it.buffer).fill(1); all.push(it) }',
    ends: 'failed',
  },
  {
    name: '1 GB of regular expressions',
    code: 'const all = []; for (let n = 0; ; n++) { const it = new RegExp("(" + "a|b".repeat(20_000) + n + ")"); it.test("c"); all.push(it) }',
    ends: 'failed',
  },
  {
    name: 'one huge regular expression',
    code: 'const it = new RegExp("(?:" + "a{1000}".repeat(1000) + "){1000}"); return it.test("a".repeat(1e6)) ? "" : ""',
    ends: 'failed',
  },
  { name: '1 GB of maps', code: 'const all = new Map(); for (let n = 0; ; n++) all.set(n, "x" + n)', ends: 'failed' },
  {
    name: '1 GB of functions',
    code: 'const all = []; for (let n = 0; ; n++) all.push(new Function("return " + n + "//" + "x".repeat(1000)))',
    ends: 'failed',
  },
  { name: '1 GB of big integers', code: 'let it = 3n; for (;;) it *= it', ends: 'failed' },
  { name: '1 GB of symbols', code: 'for (let n = 0; ; n++) Symbol.for("symbol " + n)', ends: 'failed' },
  {
    name: '1 GB of dates by Intl',
    code: 'const all = []; for (;;) all.push(new Intl.DateTimeFormat("en", { timeZone: "Europe/Berlin" }))',
    ends: 'failed',
  },
  {
    name: '1 GB of text read from dates',
    code: 'const all = []; for (let n = 0; ; n++) all.push(new Date(n * 1e6).toLocaleString("de-DE", { dateStyle: "full" }).repeat(1000).replaceAll("e", "é"))',
    ends: 'failed',
  },
  {
    name: '1 GB of promises',
    code: 'const all = []; for (;;) all.push(new Promise(() => {}).then(() => {}))',
    ends: 'failed',
  },
  { name: 'an error with a message of 500 MB', code: 'throw new Error("x".repeat(500_000_000))', ends: 'failed' },
  {
    name: 'a title of 500 MB',
    code: 'export default { title: "x".repeat(500_000_000), needs: {}, draw() { return "<svg/>" } }',
    ends: 'either',
  },
]

const escapes: readonly Bomb[] = [
  ['the process', 'globalThis.process'],
  ['require', 'typeof require === "function" ? require("node:fs") : undefined'],
  ['the process by a constructor', 'this.constructor.constructor("return process")()'],
  ['the process by the kit', 'kit.measure.constructor("return process")()'],
  ['the process by the kit’s libraries', 'kit.libraries.constructor.constructor("return process.env")()'],
  ['the process by the data', 'data.series.constructor.constructor("return process")()'],
  [
    'the process by an error’s stack',
    '(() => { let it; Error.prepareStackTrace = (_, frames) => { it = frames.map((one) => one.getThis?.()).find((one) => one?.process) }; new Error().stack; return it?.process })()',
  ],
  [
    'the process by a thrown error',
    '(() => { try { null.x } catch (error) { return error.constructor.constructor("return process")() } })()',
  ],
  [
    'the environment',
    'globalThis.process?.env ?? Function("return typeof process === \'object\' ? process.env : undefined")()',
  ],
  ['import() of files', 'import("node:fs")'],
  ['import() of a package', 'import("isolated-vm")'],
  ['import() of an address', 'import("data:text/javascript,0")'],
  ['import() by eval', '(0, eval)("import(\'node:child_process\')")'],
  ['import.meta', 'import.meta.url ?? import.meta.dirname'],
  ['fetch', 'fetch("http://127.0.0.1")'],
  ['a WebSocket', 'new WebSocket("ws://127.0.0.1")'],
  ['XMLHttpRequest', 'new XMLHttpRequest()'],
  ['the file system', 'process.binding("fs")'],
  ['the isolate’s own library', 'globalThis.ivm ?? globalThis.$ivm ?? globalThis.isolate'],
  ['a worker', 'new Worker("data:text/javascript,")'],
  ['WebAssembly', 'globalThis.WebAssembly'],
  ['shared memory', 'globalThis.SharedArrayBuffer'],
  ['timers', 'globalThis.setTimeout'],
  ['what an earlier drawing left', 'globalThis.left'],
].map(([name = '', expression = '']): Bomb => ({
  name: `${name} is out of reach`,
  code: reach(expression),
  ends: 'drawn',
}))

const tampering: readonly Bomb[] = [
  {
    name: 'every prototype changed',
    code: `for (const it of [Object, Array, String, Promise, Function]) for (const key of Object.getOwnPropertyNames(it.prototype)) { try { it.prototype[key] = () => { throw 1 } } catch {} }; globalThis.left = 1; ${ok}`,
    ends: 'either',
  },
  {
    name: 'JSON replaced',
    code: `JSON.stringify = () => ({ toString: () => "x" }); JSON.parse = () => { for (;;) {} }; ${ok}`,
    ends: 'failed',
  },
  {
    name: 'a toJSON on arrays',
    code: `Array.prototype.toJSON = () => "x".repeat(1e9); Object.prototype.toJSON = () => ({}); ${ok}`,
    ends: 'failed',
  },
  {
    name: 'a setter on every object',
    code: `Object.defineProperty(Object.prototype, 'kind', { get: () => 'ready', set() {} }); ${ok}`,
    ends: 'drawn',
  },
  {
    name: 'a picture that is a proxy',
    code: 'return new Proxy([], { get: () => { throw new Error("no") } })',
    ends: 'failed',
  },
  { name: 'a thrown object with traps', code: 'throw new Proxy({}, { get: () => { for (;;) {} } })', ends: 'failed' },
  { name: 'nothing is exported', code: 'export const it = 1', ends: 'failed' },
  {
    name: 'a library that is not listed',
    code: 'export default { title: "x", needs: {}, libraries: ["fs"], draw() { return "<svg/>" } }',
    ends: 'failed',
  },
  {
    name: 'a library by another name',
    code: 'export default { title: "x", needs: {}, libraries: ["__proto__"], draw() { return "<svg/>" } }',
    ends: 'failed',
  },
  {
    name: 'an import of a file',
    code: 'import fs from "node:fs"; export default { title: "x", needs: {}, draw() { return String(fs) } }',
    ends: 'failed',
  },
  {
    name: 'an import by a path',
    code: 'import "../../../etc/passwd"; export default { title: "x", needs: {}, draw() { return "" } }',
    ends: 'failed',
  },
]

const pictures: readonly Bomb[] = [
  { name: '100 MB of SVG', code: 'return "<svg>" + "<rect/>".repeat(15_000_000) + "</svg>"', ends: 'failed' },
  {
    name: '100 MB in one attribute',
    code: 'return "<svg><path d=\\"" + "M0 0".repeat(25_000_000) + "\\"/></svg>"',
    ends: 'failed',
  },
  {
    name: 'a million marks',
    code: 'return Array.from({ length: 1_000_000 }, () => ["rect", { width: 1 }])',
    ends: 'failed',
  },
  { name: 'marks in a circle', code: 'const it = ["g", {}, []]; it[2].push(it); return it[2]', ends: 'failed' },
  {
    name: 'elements a thousand deep',
    code: 'return "<svg>" + "<g>".repeat(1000) + "</g>".repeat(1000) + "</svg>"',
    ends: 'failed',
  },
  { name: 'a script', code: svg('<script>LEAKED</script>'), ends: 'drawn' },
  {
    name: 'a script in another namespace',
    code: svg('<x:script xmlns:x="http://www.w3.org/2000/svg">LEAKED</x:script>'),
    ends: 'drawn',
  },
  { name: 'a script in capitals', code: svg('<SCRIPT>LEAKED</SCRIPT>'), ends: 'drawn' },
  {
    name: 'a script within what is left out',
    code: svg('<foreignObject><g><script>LEAKED</script></g></foreignObject>'),
    ends: 'drawn',
  },
  {
    name: 'foreign markup',
    code: svg(
      '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">LEAKED<img src="x" onerror="LEAKED"/></body></foreignObject>',
    ),
    ends: 'drawn',
  },
  {
    name: 'an event attribute',
    code: svg('<rect onclick="LEAKED" onload="LEAKED" ONMOUSEOVER="LEAKED"/>'),
    ends: 'drawn',
  },
  {
    name: 'an external image',
    code: svg(
      '<image href="http://127.0.0.1/LEAKED.png"/><image xlink:href="file:///LEAKED" xmlns:xlink="http://www.w3.org/1999/xlink"/>',
    ),
    ends: 'drawn',
  },
  { name: 'an image of data', code: svg('<image href="data:image/png;base64,LEAKED"/>'), ends: 'drawn' },
  { name: 'an external use', code: svg('<use href="http://127.0.0.1/LEAKED.svg#x"/>'), ends: 'drawn' },
  { name: 'a use of its own parts, nested', code: svg('<g id="a"><use href="#LEAKED"/></g>'), ends: 'drawn' },
  { name: 'a link', code: svg('<a href="javascript:LEAKED"><rect/></a>'), ends: 'drawn' },
  {
    name: 'an animation',
    code: svg(
      '<rect><animate attributeName="href" values="javascript:LEAKED"/><set attributeName="onload" to="LEAKED"/></rect>',
    ),
    ends: 'drawn',
  },
  { name: 'CSS url()', code: svg('<rect style="fill: url(http://127.0.0.1/LEAKED)"/>'), ends: 'drawn' },
  {
    name: 'CSS url() in an attribute',
    code: svg('<rect fill="url(http://127.0.0.1/LEAKED#a)" clip-path="URL( //127.0.0.1/LEAKED )"/>'),
    ends: 'drawn',
  },
  {
    name: 'CSS url() in hiding',
    code: svg(
      '<rect fill="u\\\\72l(http://127.0.0.1/LEAKED)" stroke="url/**/(//LEAKED)" clip-path="&#117;rl(//LEAKED)"/>',
    ),
    ends: 'drawn',
  },
  { name: 'CSS @import', code: svg('<style>@import url(http://127.0.0.1/LEAKED);</style>'), ends: 'drawn' },
  {
    name: 'a style sheet by an instruction',
    code: 'return `<?xml-stylesheet href="http://127.0.0.1/LEAKED"?><svg/>`',
    ends: 'drawn',
  },
  {
    name: 'a filter',
    code: svg('<filter id="f"><feImage href="http://127.0.0.1/LEAKED"/></filter><rect filter="url(#LEAKED)"/>'),
    ends: 'drawn',
  },
  {
    name: 'external entities',
    code: 'return `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>`',
    ends: 'failed',
  },
  {
    name: 'entities that multiply',
    code: 'return `<!DOCTYPE svg [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><svg><text>&b;</text></svg>`',
    ends: 'failed',
  },
  { name: 'an entity that nobody declared', code: svg('<text>&nbsp;</text>'), ends: 'failed' },
  { name: 'a comment that ends early', code: svg('<!--><script>LEAKED</script>-->'), ends: 'drawn' },
  { name: 'CDATA', code: svg('<text><![CDATA[<script>L]]></text>'), ends: 'drawn' },
  { name: 'a document that is none', code: 'return "<html><script>LEAKED</script></html>"', ends: 'failed' },
  { name: 'broken markup', code: 'return "<svg><g></svg>"', ends: 'failed' },
  {
    name: 'dashes beyond number',
    code: svg('<path d="M0 0H1e9V1e9H0Z" fill="none" stroke="#000" stroke-dasharray="0.00001"/>'),
    ends: 'either',
  },
  {
    name: 'clip paths that multiply',
    code: 'return "<svg>" + Array.from({ length: 30 }, (_, n) => `<clipPath id="c${n}" clip-path="url(#c${n + 1})"><g clip-path="url(#c${n + 1})"><rect width="9" height="9"/></g></clipPath>`).join("") + `<rect clip-path="url(#c0)" width="9" height="9"/></svg>`',
    ends: 'either',
  },
  {
    name: 'a clip path of itself',
    code: svg(
      '<clipPath id="a" clip-path="url(#a)"><rect width="9" height="9"/></clipPath><rect clip-path="url(#a)" width="9" height="9"/>',
    ),
    ends: 'either',
  },
  { name: 'letters as large as a house', code: svg('<text font-size="1e9">AAAA</text>'), ends: 'either' },
  {
    name: 'a curve of a million parts',
    code: 'return `<svg><path stroke="#000" stroke-width="9" fill="none" d="M0 0${"c9 9 -9 9 1 1".repeat(120_000)}"/></svg>`',
    ends: 'either',
  },
  {
    name: 'a picture a million px wide',
    code: 'return `<svg width="1000000" height="1000000" viewBox="0 0 1000000 1000000"><rect width="1000000" height="1000000"/></svg>`',
    ends: 'drawn',
  },
  { name: 'control characters', code: 'return "<svg><text>\\u0000\\u0001\\ufffe</text></svg>"', ends: 'either' },
  { name: 'half of a letter', code: 'return "<svg><text>\\ud800</text></svg>"', ends: 'either' },
]

export const BOMBS: readonly Bomb[] = [...loops, ...memory, ...escapes, ...tampering, ...pictures]

/** The module that a bomb's code is. */
export function moduleOf({ code }: Pick<Bomb, 'code'>): string {
  if (/\bexport\b/.test(code)) return code
  return `export default { title: 'A bomb', needs: {}, async draw(data, options, kit) {\n${code}\n} }`
}
