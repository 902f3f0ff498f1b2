import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Chat, ShownCard } from '../../../src/chat/chat.ts'
import { createCardUpsert } from '../../../src/chat/upsert/card-upsert.ts'
import { SpinupError, type ErrorCode } from '../../../src/core/model/error.ts'
import type { View } from '../../../src/core/model/view.ts'
import { createShown } from '../../../src/store/chat-places.ts'
import { exampleViews } from '../../example-views.ts'
import { quiet, startTestRedis, type TestRedis } from '../../redis.ts'
import { createBoard, type Board, type Note } from '../toy/board.ts'
import { createToyCards } from '../toy/cards.ts'

describe('a card on a platform of a few lines', () => {
  let server: TestRedis
  let board: Board
  let show: Chat['show']
  let shown: ReturnType<typeof createShown<ShownCard>>
  before(async () => {
    server = await startTestRedis()
    shown = createShown<ShownCard>(await server.connect(), 'toy')
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    board = createBoard()
    show = another()
  })

  /** A bot that knows nothing but what is in Redis. */
  const another = (): Chat['show'] => createCardUpsert(createToyCards(board), { shown, now: Date.now, log: quiet })
  const say = (title: string, revision: number): Promise<void> =>
    show('ops', { id: 'c1', revision, at: Date.now(), view: answer(title) })
  /** A card with details below it. */
  const tell = (to: number, revision: number): Promise<void> =>
    show('ops', { id: 'c1', revision, at: Date.now(), view: { ...exampleViews(Date.now()).episode, to } })
  const only = (notes: readonly Note[]): Note => {
    assert.equal(notes.length, 1, JSON.stringify(notes))
    return notes[0]!
  }
  const card = (): Note => only(board.notes('ops'))
  const details = (): Note => only(board.notes('ops', `below-${card().id}`))
  const failed = async (work: Promise<void>, code: ErrorCode = 'chatFailed'): Promise<SpinupError> => {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof SpinupError, String(error))
    assert.equal(error.code, code)
    return error
  }

  it('is posted once and edited in place, and costs no call where that revision is shown', async () => {
    await say('one', 1)
    await say('two', 2)
    await say('two again', 2)
    assert.match(card().text, /two/)
    assert.deepEqual(board.calls, ['post', 'edit'])
  })

  it('whose answer was lost is found, by another bot as well, and not posted twice', async () => {
    board.fail('post', 'lost')
    assert.equal((await failed(say('one', 1))).retryable, true)
    show = another()
    await say('two', 2)
    assert.match(card().text, /two/)
    assert.deepEqual(board.calls, ['post', 'find', 'edit'])
  })

  it('whose answer was lost and that is not there is posted', async () => {
    board.fail('post', 'down')
    await failed(say('one', 1))
    await say('one', 1)
    assert.match(card().text, /one/)
    assert.deepEqual(board.calls, ['post', 'find', 'post'])
  })

  it('that is in doubt is looked for from the first try on, however often it fails', async () => {
    const since: number[] = []
    const toy = createToyCards(board)
    let at = 1000
    show = createCardUpsert(
      {
        ...toy,
        open: async (destination) => ({
          ...(await toy.open(destination)),
          findUnconfirmed: async (_spot, from) => {
            since.push(from)
            return null
          },
        }),
      },
      { shown, now: () => at++, log: quiet },
    )
    board.fail('post', 'down', 'down', 'down')
    for (const revision of [1, 2, 3]) await failed(say('one', revision))
    await say('one', 4)
    assert.equal(since.length, 3)
    assert.equal(new Set(since).size, 1)
  })

  it('that was answered with a no is not looked for: nothing of it can be lost', async () => {
    board.fail('post', 'busy')
    assert.equal((await failed(say('one', 1))).retryable, true)
    await say('one', 1)
    assert.match(card().text, /one/)
    assert.deepEqual(board.calls, ['post', 'post'])
  })

  it('that somebody deleted is posted again, and its details with it', async () => {
    await tell(3, 1)
    const first = card().id
    board.remove(first)
    await tell(4, 2)
    assert.notEqual(card().id, first)
    assert.match(details().text, /"to":4/)
    await tell(5, 3)
    assert.match(details().text, /"to":5/)
    assert.equal(card().edits, 1)
  })

  it('that was deleted, and whose second post was lost, is found as well', async () => {
    await say('one', 1)
    board.remove(card().id)
    board.fail('post', 'lost')
    await failed(say('two', 2))
    await say('three', 3)
    assert.match(card().text, /three/)
  })

  it('that is refused goes out plainer, and in full as soon as that is taken', async () => {
    board.fail('post', 'refused')
    await say('one', 1)
    assert.match(card().text, /^[^*]*one$/)
    await say('two', 2)
    assert.match(card().text, /^\*\*.*two\*\*$/)
    board.fail('edit', 'refused')
    await say('three', 3)
    assert.match(card().text, /^[^*]*three$/)
  })

  it('whose plainest version is refused is an error for good', async () => {
    board.fail('post', 'refused', 'refused')
    assert.equal((await failed(say('one', 1))).retryable, false)
    assert.deepEqual(board.notes('ops'), [])
    await say('two', 2)
    assert.match(card().text, /two/)
  })

  it('that may not be posted there at all says so, and is tried in one version only', async () => {
    board.fail('post', 'closed')
    await failed(say('one', 1), 'unauthorised')
    assert.deepEqual(board.calls, ['post'])
  })

  for (const refusal of ['refused', 'closed'] as const) {
    it(`whose thread is ${refusal} stays without, and is not asked about again`, async () => {
      board.fail('openThread', refusal)
      await tell(3, 1)
      await tell(4, 2)
      assert.match(card().text, /4/)
      assert.equal(card().edits, 1)
      assert.deepEqual(board.notes('ops', `below-${card().id}`), [])
      assert.equal(board.calls.filter((call) => call === 'openThread').length, 1)
    })
  }

  it('whose details are refused in every version stays without them', async () => {
    await say('one', 1)
    board.fail('post', 'refused', 'refused')
    await tell(3, 2)
    assert.match(card().text, /3/)
    assert.deepEqual(board.notes('ops', `below-${card().id}`), [])
  })

  it('whose thread fails for the moment is tried again, with nothing done twice', async () => {
    board.fail('openThread', 'busy')
    assert.equal((await failed(tell(3, 1))).retryable, true)
    await tell(3, 1)
    assert.equal(card().edits, 0)
    assert.equal(details().edits, 0)
  })

  it('keeps its details in one message; it and they are edited when they change and left alone when they do not', async () => {
    const view = exampleViews(Date.now()).episode
    for (const revision of [1, 2]) await show('ops', { id: 'c1', revision, at: Date.now(), view })
    assert.equal(details().edits, 0)
    await show('ops', { id: 'c1', revision: 3, at: Date.now(), view: { ...view, to: 5 } })
    assert.equal(details().edits, 1)
    assert.equal(card().edits, 1)
  })

  it('finds details whose answer was lost', async () => {
    await say('one', 1)
    board.fail('post', 'lost')
    await failed(tell(3, 2))
    await tell(4, 3)
    assert.match(details().text, /"to":4/)
  })

  it('posts details again that somebody deleted', async () => {
    await tell(3, 1)
    board.remove(details().id)
    await tell(4, 2)
    assert.match(details().text, /"to":4/)
  })

  it('knows the details again that an earlier version posted in Slack', async () => {
    await tell(3, 1)
    const extra = { channel: 'ops', thread: details().id, threadMark: 'hash', threadBegun: '' }
    await shown.set('ops', 'c1', { state: 'shown', message: card().id, revision: 1, at: 1, extra })
    await tell(4, 2)
    assert.match(details().text, /"to":4/)
    assert.equal(details().edits, 1)
  })

  it('edits a thread that was quiet for long', async () => {
    await tell(3, 1)
    const before = board.calls.length
    // The card is edited, then its details: those are asleep.
    board.sleep(`below-${card().id}`)
    await tell(4, 2)
    assert.match(details().text, /"to":4/)
    assert.equal(details().edits, 1)
    assert.deepEqual(board.calls.slice(before), ['edit', 'edit', 'wake', 'edit'])
  })

  it('of an older revision never overtakes, in whatever order they come', async () => {
    await Promise.all([3, 1, 5, 2, 4].map((revision) => say(`state ${revision}`, revision)))
    assert.match(card().text, /state 5/)
    await say('state 4', 4)
    assert.match(card().text, /state 5/)
  })

  it('of an older revision does not overtake one whose thread is still behind', async () => {
    board.fail('openThread', 'busy')
    await failed(tell(5, 2))
    await say('older', 1)
    assert.doesNotMatch(card().text, /older/)
    await tell(5, 2)
    assert.match(details().text, /"to":5/)
  })

  it('twice in a row is shown in order, one call at a time', async () => {
    board.fail('post', 'busy')
    const [first, second] = await Promise.allSettled([say('one', 1), say('two', 2)])
    assert.deepEqual([first.status, second.status], ['rejected', 'fulfilled'])
    assert.match(card().text, /two/)
  })

  it('waits for no other card', async () => {
    board.fail('post', 'busy')
    const [first] = await Promise.allSettled([
      say('one', 1),
      show('ops', { id: 'c2', revision: 1, at: Date.now(), view: answer('other') }),
    ])
    assert.equal(first.status, 'rejected')
    assert.match(card().text, /other/)
  })

  it('counts as shown once it is whole: a better drawing that fails is tried again', async () => {
    const toy = createToyCards(board)
    let pictures = 0
    show = createCardUpsert(
      {
        ...toy,
        open: async (destination) => ({
          ...(await toy.open(destination)),
          async *draw(_card, kept) {
            const rest = { details: null, keep: { picture: `p${++pictures}` } }
            yield { ...rest, versions: [`without a picture, after ${kept['picture'] ?? 'none'}`], whole: false }
            yield { ...rest, versions: ['with a picture'], whole: true }
          },
        }),
      },
      { shown, now: Date.now, log: quiet },
    )
    board.fail('edit', 'busy')
    await failed(say('one', 1))
    assert.equal(card().text, 'without a picture, after none')
    await say('one', 1)
    assert.equal(card().text, 'with a picture')
    const before = board.calls.length
    await say('one', 1)
    assert.equal(board.calls.length, before)
    assert.equal((await shown.get('ops', 'c1'))?.extra['picture'], 'p2')
  })
})

function answer(title: string): View {
  return { kind: 'answer', tone: 'good', title, text: '', fields: [], actions: [] }
}
