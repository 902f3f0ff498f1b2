/** One article of the blog, in a small Markdown. */
export interface Post {
  readonly slug: string
  readonly title: string
  readonly date: string
  readonly text: string
}

export const POSTS: readonly Post[] = [
  {
    slug: 'one-droplet',
    title: 'We ran the whole company on one droplet for six years',
    date: '3 March',
    text: `People are surprised when we say it, so here is the whole picture: **one** machine, one process, one file.

## Why it worked
Every request was answered by the same loop. There was *nothing to coordinate*, and \`top\` was our dashboard.

- deploys were a \`git pull\`
- the backup was a copy
- the bill was the price of a sandwich

> The best distributed system is the one you did not build.

## What broke
Attention. A quiet site needs nothing, and then for **one afternoon** it needs everything.

\`\`\`
function serve(request) {
  const page = render(request.path)
  return { status: 200, body: page }
}
\`\`\`

We wrote that function in a day. It held for years, until somebody posted a link.`,
  },
  {
    slug: 'front-page',
    title: 'What the front page feels like from inside',
    date: '17 March',
    text: `It starts with a number that looks like a mistake. *Twelve visitors a second* becomes **ninety-six**, and stays there.

## The first minute
The fan spins up. Pages that took four milliseconds take four seconds, because each one waits for all those before it.

- the queue grows as long as arrivals outrun answers
- nobody sees an error, everybody sees a spinner
- the graph goes up, and you do not know yet whether you are happy

## The second minute
You learn that a bigger machine is *twenty minutes* away, and a second one is forty seconds away.

\`\`\`
const wait = queue.length * costOfPage
if (wait > patience) visitor.leave()
\`\`\`

That is all the queueing theory you need on such a day.`,
  },
  {
    slug: 'boring-caches',
    title: 'The cache we did not add',
    date: '2 April',
    text: `Every review asked the same thing: *why is there no cache?* Because the pages are personal, and because stale pages cost us **more than slow ones** once.

- a cache is a second copy of the truth
- two copies of the truth are a discussion

> There are two hard things, and we already had the other one.

\`\`\`
if (cache.has(key)) return cache.get(key)
const page = render(key)
cache.set(key, page)
return page
\`\`\`

Four lines, and each of them has woken somebody up at night.`,
  },
]

const NAMES = ['ada', 'brook', 'chidi', 'dana', 'edsger', 'fatima', 'grace', 'hedy', 'imre', 'joan', 'kai', 'linus']
const OPENINGS = [
  'I did exactly this in 2009 and it was **fine**.',
  'Has anyone measured it? *I have*, and it depends.',
  'This only works until it does not.',
  'The title should say `one very large droplet`.',
  'We call this the *sandwich architecture*.',
]
const CLOSINGS = [
  'Ask me how I know.',
  '> Premature scaling is a hobby.\n\nStill true.',
  'Anyway, the page loads in under a second here.',
  'Happy to answer questions, I have nothing else running.',
  '- cheap\n- simple\n- yours',
]

/** A comment under a post. */
export interface Comment {
  readonly name: string
  readonly points: number
  readonly minutesAgo: number
  readonly text: string
}

/** The comments under a post; the same ones each time. */
export function commentsOf(post: Post, count: number): readonly Comment[] {
  return Array.from({ length: count }, (_, index) => {
    const mixed = (index * 2_654_435_761 + post.slug.length * 40_503) >>> 0
    return {
      name: NAMES[mixed % NAMES.length] ?? 'ada',
      points: (mixed >>> 8) % 240,
      minutesAgo: 1 + ((mixed >>> 16) % 600),
      text: `${OPENINGS[(mixed >>> 4) % OPENINGS.length] ?? ''}\n\n${CLOSINGS[(mixed >>> 12) % CLOSINGS.length] ?? ''}`,
    }
  })
}
