import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { openFront, type Front } from '../../src/web/front.ts'

describe('the bot’s port', () => {
  let front: Front
  beforeEach(async () => {
    front = await openFront({ host: '127.0.0.1', port: 0, guarded: false, publicUrl: null })
  })
  afterEach(() => (front.server.listening ? front.close() : undefined))

  it('is known, and holds requests until there is something to answer them', async () => {
    const early = [fetch(`${front.url}/one`), fetch(`${front.url}/two`, { method: 'POST', body: 'words' })]
    const answered = Promise.race(early).then(() => 'answered')
    await once(front.server, 'request')
    assert.equal(await Promise.race([answered, new Promise((resolve) => setImmediate(resolve, 'held'))]), 'held')
    front.open(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      response.end(`${request.method} ${request.url} ${body}`)
    })
    const words = await Promise.all((await Promise.all(early)).map((answer) => answer.text()))
    assert.deepEqual(words, ['GET /one ', 'POST /two words'])
    assert.equal(await (await fetch(`${front.url}/three`)).text(), 'GET /three ', 'and answers what comes later')
  })

  it('answers once, also what it has held', async () => {
    const early = fetch(front.url)
    await once(front.server, 'request')
    let asked = 0
    front.open((_request, response) => {
      asked++
      response.end()
    })
    await (await early).text()
    await (await fetch(front.url)).text()
    assert.equal(asked, 2)
  })

  it('lets go of those it held when the bot does not come up', async () => {
    const early = fetch(front.url)
    await once(front.server, 'request')
    await front.close()
    await assert.rejects(early)
  })

  it('ends idle connections and answers that never end', async () => {
    front.open((_request, response) => void response.write('a stream'))
    const idle = connect(Number(new URL(front.url).port), '127.0.0.1')
    await once(idle, 'connect')
    const stream = await fetch(front.url)
    const over = once(idle, 'close')
    idle.resume()
    await front.close()
    await over
    await assert.rejects(stream.text())
  })

  it('is not taken for others to reach without a password, nor twice, nor at an address of another machine', async () => {
    const port = Number(new URL(front.url).port)
    const taken = openFront({ host: '127.0.0.1', port, guarded: true, publicUrl: null })
    await assert.rejects(taken, { code: 'configuration', message: new RegExp(`Port ${port} .* taken.*SPINUP_PORT`) })
    await assert.rejects(openFront({ host: '0.0.0.0', port: 0, guarded: false, publicUrl: null }), {
      code: 'configuration',
      message: /SPINUP_CONSOLE_PASSWORD/,
    })
    await assert.rejects(openFront({ host: '192.0.2.1', port: 0, guarded: true, publicUrl: null }), {
      code: 'configuration',
      message: /SPINUP_HOST is 192\.0\.2\.1/,
    })
  })
})
