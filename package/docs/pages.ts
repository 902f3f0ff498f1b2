import { globSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Spinup's folder. */
export const ROOT = join(import.meta.dirname, '../..')

/** A page of the site: its Markdown file from the root on, and how menus call it. */
export interface Page {
  readonly file: string
  readonly title: string
}

interface Section {
  readonly name: string
  readonly pages: readonly Page[]
}

const page = (file: string, title: string): Page => ({ file, title })

const ORDER: readonly Section[] = [
  {
    name: 'Begin',
    pages: [
      page('docs/index.md', 'Overview'),
      page('docs/start.md', 'Start'),
      page('docs/concepts.md', 'Concepts'),
      page('docs/faq.md', 'Questions'),
      page('docs/troubleshooting.md', 'When something is wrong'),
    ],
  },
  {
    name: 'Chat',
    pages: [
      page('docs/commands.md', 'Commands'),
      page('docs/console.md', 'Web console'),
      page('docs/slack.md', 'Slack'),
      page('docs/discord.md', 'Discord'),
      page('docs/notices.md', 'Notices'),
    ],
  },
  {
    name: 'Your site',
    pages: [
      page('docs/digitalocean.md', 'DigitalOcean'),
      page('docs/balancers.md', 'Balancers'),
      page('docs/policy.md', 'Rules and limits'),
      page('docs/deploys.md', 'Deploys'),
      page('agent/README.md', 'Agent and your own numbers'),
    ],
  },
  {
    name: 'See',
    pages: [
      page('docs/stats.md', 'Statistics'),
      page('docs/charts.md', 'Charts'),
      page('docs/visuals.md', 'Visualisations'),
      page('docs/audit.md', 'Who did what'),
    ],
  },
  {
    name: 'Run the bot',
    pages: [
      page('docs/production.md', 'Production'),
      page('docs/settings.md', 'Settings'),
      page('docs/security.md', 'Security'),
      page('docs/backup.md', 'Backup and upgrade'),
      page('docs/doctor.md', 'Doctor'),
      page('docs/api.md', 'API'),
    ],
  },
  {
    name: 'Decide',
    pages: [
      page('docs/cost.md', 'What it costs'),
      page('docs/comparison.md', 'Compared with others'),
      page('docs/judgement.md', 'How it judges'),
    ],
  },
  {
    name: 'Build on it',
    pages: [
      page('CONTRIBUTING.md', 'Contributing'),
      page('CHANGELOG.md', 'Changes'),
      page('SECURITY.md', 'Report a problem'),
    ],
  },
]

/** The menu: every page there is, in the order of reading; a page of docs/ that is not in it yet comes last. */
export const SECTIONS: readonly Section[] = (() => {
  const there = new Set(globSync(['docs/*.md', 'agent/README.md', '*.md'], { cwd: ROOT }))
  const known = new Set(ORDER.flatMap(({ pages }) => pages.map(({ file }) => file)))
  const others = [...there].filter((file) => file.startsWith('docs/') && !known.has(file)).toSorted()
  const more = others.map((file) => page(file, basename(file, '.md').replaceAll('-', ' ')))
  return [...ORDER, { name: 'More', pages: more }]
    .map(({ name, pages }) => ({ name, pages: pages.filter(({ file }) => there.has(file)) }))
    .filter(({ pages }) => pages.length > 0)
})()

export const PAGES: readonly Page[] = SECTIONS.flatMap(({ pages }) => pages)

/** A page's name in its address: `slack` of `docs/slack.md`, `agent` of `agent/README.md`. */
export function nameOf(file: string): string {
  if (file === 'SECURITY.md') return 'report'
  return file.endsWith('/README.md') ? file.split('/').at(-2)! : basename(file, '.md').toLowerCase()
}
