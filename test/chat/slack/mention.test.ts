import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainWords, wordsToUs } from '../../../src/chat/slack/mention.ts'

describe('words of people in Slack', () => {
  it('what follows the mention is the command, and what stands before it when nothing does', () => {
    assert.equal(wordsToUs('<@U0BOT> status', 'U0BOT'), 'status')
    assert.equal(wordsToUs('hey <@U0BOT|spinup>  pin 3 for 1h ', 'U0BOT'), 'pin 3 for 1h')
    assert.equal(wordsToUs('status <@U0BOT>', 'U0BOT'), 'status')
    assert.equal(wordsToUs('<@U0BOT>', 'U0BOT'), '')
    assert.equal(wordsToUs('<@U2> look: <@U0BOT> status', 'U0BOT'), 'status', 'not the first mention, but ours')
    assert.equal(wordsToUs('<@U0BOT> history <@U2>', null), 'history <@U2>', 'where Slack does not say who we are')
    assert.equal(wordsToUs('status', 'U0BOT'), 'status')
    assert.equal(wordsToUs('<@U0BOT> pin 3 for <@U2>', 'U0BOT'), 'pin 3 for <@U2>')
    assert.equal(wordsToUs('<@U0BOT> policy\nmin=2', 'U0BOT'), 'policy\nmin=2')
  })

  it('markup reads as it was typed', () => {
    assert.equal(plainWords('<#C1|ops> <@U1|ada> <!here> <!subteam^S1|@ops>'), '#ops <@U1> @here <!subteam^S1>')
    assert.equal(plainWords('<https://example.com|the docs> <https://example.com>'), 'the docs https://example.com')
    assert.equal(plainWords('min=2 &amp;&amp; max&lt;4 &amp;lt;'), 'min=2 && max<4 &lt;')
    assert.equal(plainWords('a < b > c'), 'a < b > c')
  })
})
