// A plain script in the head, before anything is painted: the page must not flash in the wrong theme.
// oxlint-disable-next-line unicorn/require-module-specifiers
{
  const stored = localStorage.getItem('spinup.theme')
  const system = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'
  document.documentElement.dataset['theme'] = stored === 'dark' || stored === 'light' ? stored : system
}
