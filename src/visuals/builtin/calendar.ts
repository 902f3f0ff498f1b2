import type { Picture, Visual } from '../../core/visual/visual.ts'

// The weeks as a calendar, with how often the pool grew and shrank on each day.

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const DAY_MS = 86_400_000

export default {
  title: 'Calendar of scale events',
  summary: 'on which days the pool grew and shrank',
  needs: { range: '35d' },
  draw(data, _options, kit) {
    // Noons: days are not all of 24 hours.
    const today = kit.clock(data.toAt).midnight + DAY_MS / 2
    const firstDay = kit.clock(data.fromAt).midnight + DAY_MS / 2
    const monday = firstDay - kit.clock(firstDay).weekday * DAY_MS
    const days: { readonly at: number; readonly out: number; readonly in: number; readonly inRange: boolean }[] = []
    for (let at = monday; at <= today + 6 * DAY_MS && (at <= today || kit.clock(at).weekday !== 0); at += DAY_MS) {
      const { midnight } = kit.clock(at)
      const on = data.events.filter((event) => kit.clock(event.at).midnight === midnight)
      days.push({
        at,
        out: on.filter(({ direction }) => direction === 'out').length,
        in: on.filter(({ direction }) => direction === 'in').length,
        inRange: at >= firstDay && at <= today,
      })
    }
    const [outs, ins] = [days.reduce((sum, day) => sum + day.out, 0), days.reduce((sum, day) => sum + day.in, 0)]
    const { marks, box } = kit.frame(
      `When ${data.pool} scaled`,
      `${outs} × out, ${ins} × in since ${kit.clock(data.fromAt).date}`,
    )
    const weeks = Math.max(1, Math.ceil(days.length / 7))
    const head = kit.textSize * 1.8
    const [across, down] = [box.width / 7, (box.height - head) / weeks]
    const gap = 3
    const most = Math.max(...days.map((day) => day.out + day.in), 1)
    const names = DAYS.map((name, index): Picture[number] => [
      'text',
      {
        x: box.left + (index + 0.5) * across,
        y: box.top + kit.textSize,
        'text-anchor': 'middle',
        'font-size': kit.textSize,
        fill: kit.colours.textSoft,
      },
      name,
    ])
    const size = Math.min(kit.textSize, down * 0.3)
    const cells = days.flatMap((day, index): Picture => {
      const [x, y] = [box.left + (index % 7) * across, box.top + head + Math.floor(index / 7) * down]
      const share = day.inRange ? (day.out + day.in) / most : 0
      const strong = share === 0 ? 0 : 0.25 + 0.6 * share
      const ink = kit.onShade(strong)
      const { day: number, date } = kit.clock(day.at)
      const words = number === 1 || index === 0 ? date : String(number)
      const wordSize = Math.min(size, (size * (across - gap - 9)) / kit.measure(words, size))
      const said = [
        { count: day.out, up: true },
        { count: day.in, up: false },
      ].filter(({ count }) => count > 0 && day.inRange)
      const slot = (across - gap) / Math.max(1, said.length)
      const counts = said.flatMap(({ count, up }, place): Picture => {
        // An arrow and its number, as large as half a narrow day has room for.
        const large = Math.min(size, slot / (1.1 + kit.measure(String(count), 1.05, 700)))
        const at = x + slot * (place + 0.5) - large * 0.45
        const base = y + down - gap - size * 0.62
        const [half, top] = [large * 0.36, base - large * 0.62]
        const [tip, foot] = up ? [top, base] : [base, top]
        return [
          // Drawn: not every font has one.
          ['path', { d: `M${at} ${tip}L${at + half} ${foot}L${at - half} ${foot}Z`, fill: ink }],
          [
            'text',
            { x: at + large * 0.62, y: base + large * 0.07, 'font-size': large * 1.05, 'font-weight': 700, fill: ink },
            String(count),
          ],
        ]
      })
      return [
        [
          'rect',
          {
            x,
            y,
            width: across - gap,
            height: down - gap,
            rx: 4,
            fill: day.inRange ? kit.shade(strong) : 'none',
            stroke: day.inRange ? null : kit.colours.grid,
          },
        ],
        [
          'text',
          {
            x: x + 5,
            y: y + size * 1.15,
            'font-size': wordSize,
            fill: day.inRange ? ink : kit.colours.textFaint,
            'fill-opacity': share === 0 ? 0.75 : 1,
          },
          words,
        ],
        ...counts,
      ]
    })
    return [...marks, ...names, ...cells]
  },
  describe(data, _options, kit) {
    const days = new Map<string, number>()
    for (const { at } of data.events) days.set(kit.clock(at).date, (days.get(kit.clock(at).date) ?? 0) + 1)
    const busiest = [...days].toSorted(([, a], [, b]) => b - a).slice(0, 3)
    const range = `${kit.clock(data.fromAt).date} to ${kit.clock(data.toAt).date}`
    if (busiest.length === 0) return `${data.pool} did not scale, ${range}.`
    const times = data.events.length === 1 ? 'once' : `${data.events.length} times`
    if (busiest.length === 1)
      return `${data.pool} scaled ${times} on ${busiest[0]![0]}, and not on another day, ${range}.`
    return `${data.pool} scaled ${times}, ${range}; most on ${busiest.map(([date, count]) => `${date} (${count})`).join(', ')}.`
  },
} satisfies Visual
