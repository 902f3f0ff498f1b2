/** A word that is not used here, and what to write instead. */
export type Word = {
  readonly word: RegExp
  readonly use: string
  /** Where it is looked for: in what people read, in comments, in names. */
  readonly kinds: readonly ('text' | 'comment' | 'name')[]
}

const word = (word: RegExp, use: string, ...kinds: Word['kinds']): Word => ({ word, use, kinds })

/** The words that a stranger would stumble over. A pattern meets text and comments as written, and names word by word. */
export const WORDS: readonly Word[] = [
  word(/\breckon(s|ed|ing)?\b/i, 'estimate, count', 'text', 'comment', 'name'),
  word(/\banew\b/i, 'again', 'text', 'comment', 'name'),
  word(/\bunheard\b/i, 'has not reported for', 'text', 'comment', 'name'),
  word(/\b(un)?told\b/i, 'says, shows, reports, gets', 'text', 'comment', 'name'),
  word(/\btells?\b/i, 'say, show, report, notify', 'text'),
  word(/\bmend(s|ed|ing)?\b/i, 'fix', 'text', 'comment', 'name'),
  word(/\btend(s|ed|ing)?\b/i, 'look after, keep up', 'text', 'comment', 'name'),
  word(/\bsights?\b/i, 'watch, view', 'text', 'comment', 'name'),
  word(/\bstands?\b(?!-in)/i, 'is, means', 'text'),
  word(/\bheard\b/i, 'reported, received', 'text', 'comment', 'name'),
  word(/\bfor ever\b/i, 'forever, for good', 'text', 'comment'),
  word(/\bat the most\b/i, 'at most', 'text', 'comment'),
  word(/\bat the least\b/i, 'at least', 'text', 'comment'),
  word(/\bso many\b/i, 'that many, or the number', 'text'),
  word(/\bas good as\b/i, 'almost', 'text', 'comment'),
  word(/\bown accord\b/i, 'by itself', 'text', 'comment'),
  word(/\b(to|could|can) be had\b/i, 'available', 'text', 'comment'),
  word(/\bwhoever\b/i, 'anyone who, the person who', 'text', 'comment', 'name'),
  word(/\bnobody knows\b/i, 'not known', 'text', 'comment'),
  word(/\bin vain\b/i, 'without success', 'text', 'comment'),
  word(/\brounds\b/i, 'passes, turns', 'text'),
  word(/\blanes?\b/i, 'queue', 'text', 'comment', 'name'),
  word(/(?<!chat-)\brooms?\b/i, 'capacity, headroom, space', 'text'),
  word(/\b(kept|held) back\b/i, 'reserved, queued', 'text'),
  word(/\b(thereby|hitherto|thereof|therein|wherein)\b/i, 'so, until now', 'text', 'comment'),
  word(/\bbesides\b/i, 'also', 'text', 'comment'),
  word(/\bas it were\b/i, '(leave it out)', 'text', 'comment'),
  word(/\btill\b/i, 'until', 'text', 'comment', 'name'),
  word(/\bcan not\b/i, 'cannot', 'text', 'comment'),
  word(/\bout of reach\b/i, 'unreachable', 'text'),
  word(
    /\b(go|goes|going|went|gone) on (?!the |a |an |with its own )|\b(go|goes|going|went) on[.,;:]/i,
    'continue, keep',
    'text',
  ),
  word(/\blapse[sd]?\b/i, 'expire', 'text', 'name'),
  word(/\bput right\b/i, 'fix, correct', 'text'),
  word(/\bsee (that|whether)\b/i, 'check that', 'text'),
  word(/\basked for by\b/i, 'requested by', 'text'),
  word(/\bgives? way\b/i, 'end, yield', 'text'),
  word(/\b(something|anything|nothing) else than\b/i, 'other than', 'text'),
  word(/\b(busy|known|made|running|watched|limit) just now\b/i, 'right now', 'text'),
  word(/\bbroke off\b/i, 'was lost, stopped early', 'text'),
  word(/\blet go\b/i, 'dropped', 'text'),
  word(/\bthe limits on money\b/i, 'the cost limits', 'text'),
  word(/\bfor want of\b/i, 'for lack of', 'text'),
  word(/[”"] is no [a-z]/i, 'is not a', 'text'),
  word(/\bplainer\b/i, 'simpler', 'text', 'comment', 'name'),
  word(/\bstrangers?\b/i, 'unmanaged', 'text', 'name'),
  word(/(?<!replace-)\bsick\b/i, 'unhealthy', 'text', 'comment', 'name'),
  word(/\bdesks?\b/i, 'service', 'name'),
  word(/\bdoors?\b/i, 'route, entry', 'name'),
]

/** Names that lie in stored data, with the files that may have them: to change one is a migration. */
export const STORED: ReadonlyMap<string, RegExp> = new Map([
  [
    'told',
    /^src\/(engine\/reports\/(?:beside|episode-page)|core\/(model\/audit|audit\/\w+)|store\/audit|engine\/audit\/audit|commands\/history)\.ts$/,
  ],
  ['heardAt', /^src\/store\/agent-about\.ts$/],
  ['replaceSick', /^src\//],
  ['replace-sick', /^src\/core\/policy\/fields\.ts$/],
  ['untold', /^src\/core\/pool\/state\.ts$/],
  ['strangers', /^src\/core\/pool\/stored-upkeep\.ts$/],
  ['sick', /^src\/core\/pool\/stored-upkeep\.ts$/],
])

/** Files that speak in another's words. */
export const OTHERS = /^src\/demo\/cloud\/api\//
