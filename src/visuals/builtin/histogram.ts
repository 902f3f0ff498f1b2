import type { Visual } from '../../core/visual/visual.ts'

export default {
  title: 'Histogram',
  needs: { stats: ['cpu'], range: '1d' },
  draw(data, options, kit) {
    const { marks } = kit.frame('Hello', 'world')
    return [...marks, ['text', { x: 20, y: 100, 'font-size': 30, fill: kit.colours.text }, 'Ωmega Привет ćž']]
  },
} satisfies Visual
