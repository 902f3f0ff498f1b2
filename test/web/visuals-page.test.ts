import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { findChromium, launchChromium } from './chromium.ts'
import { running } from '../running.ts'
import { startVisualsStage } from './visuals-stage.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the editor is not tested' : false
const AXE = skip === false ? readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8') : ''

const GOOD = `export default {
  title: 'Loudest tag',
  needs: { tags: ['tags'], range: '1d' },
  draw: (data, options, kit) => kit.frame(data.tags[0].counts[0].text).marks,
  describe: (data) => 'The loudest tag is ' + data.tags[0].counts[0].text,
}`

describe('the editor of visualisations, in a browser', { skip }, () => {
  const stage = running(() => startVisualsStage())
  let browser: Browser
  before(async () => {
    browser = await launchChromium(chromium ?? '')
  })
  after(() => browser.close())

  /** Everything that the browser complains of, a refused style or script among it. */
  const complaints: string[] = []
  async function open(
    look: { readonly scheme: 'dark' | 'light'; readonly width: number },
    path = '/visuals',
  ): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: look.width, height: 900 },
      colorScheme: look.scheme,
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    await page.goto(stage.web.url + path)
    return page
  }
  /** In place of all there is, as it is pasted. */
  const write = async (page: Page, text: string): Promise<void> => {
    await page.keyboard.press('Control+a')
    await page.evaluate(`(() => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', ${JSON.stringify(text)})
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
      document.activeElement.shadowRoot.activeElement.dispatchEvent(event)
    })()`)
  }
  /** Tab, until what has the focus is that. */
  const tabTo = async (page: Page, what: string): Promise<void> => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab')
      const found = await page.evaluate<string>(`(() => {
        const outer = document.activeElement
        const one = outer?.shadowRoot?.activeElement ?? outer
        return one?.getAttribute('aria-label') || one?.id || one?.textContent?.trim().replace(/\\s+/g, ' ') || ''
      })()`)
      if (found === what) return
    }
    assert.fail(`Tab does not come to ${what}`)
  }

  it('leads a newcomer by keyboard alone from a mistake at its line to a picture in the channel, every Monday', async () => {
    const page = await open({ scheme: 'dark', width: 1280 })
    await page.locator('.visuals-picture img').waitFor()
    await tabTo(page, 'name')
    await page.keyboard.type('loudest')
    await tabTo(page, 'The module, in JavaScript')
    await write(page, GOOD.replace('data.tags[0].counts[0].text).marks', 'data.tag[0].text).marks'))
    const problem = page.locator('.visuals-problem')
    await problem.getByText('Line 4:').waitFor()
    assert.match(await problem.innerText(), /Cannot read properties of undefined/)
    await page.locator('.cm-lintRange-error').first().waitFor()
    assert.equal(await page.getByRole('button', { name: 'Save and show in channel' }).isDisabled(), true)
    await tabTo(page, 'Go to line 4')
    await page.keyboard.press('Enter')
    assert.match(await page.locator('.cm-activeLine').innerText(), /^ {2}draw:/)
    await write(page, GOOD)
    await page.getByRole('img', { name: 'The loudest tag is redis' }).waitFor()
    assert.equal(await page.locator('.cm-lintRange-error').count(), 0)
    await page.keyboard.press('Control+End')
    await page.keyboard.type(' // mine')
    await page.keyboard.press('Control+s')
    await page.getByText('loudest is saved, as version 1').waitFor()
    await page.getByRole('button', { name: 'loudest', exact: true, pressed: true }).waitFor()
    assert.match(page.url(), /#loudest$/)

    await tabTo(page, 'Show in channel')
    await page.keyboard.press('Enter')
    await page.getByText('Shown in the console').waitFor()
    await tabTo(page, 'days')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, 'Schedule')
    await page.keyboard.press('Enter')
    await page.getByText(/loudest comes here every Tuesday at 09:00 \(UTC\)/).waitFor()

    const channel = await open({ scheme: 'dark', width: 1280 }, '/')
    await channel.getByRole('img', { name: 'The loudest tag is redis' }).first().waitFor()
    await channel.locator('#line').fill('/spinup show schedules')
    await channel.keyboard.press('Enter')
    await channel.getByText('This channel gets 1 picture regularly').waitFor()
    await channel
      .getByText(/requested by you/)
      .first()
      .waitFor()
    await channel.context().close()
    await page.context().close()
    assert.deepEqual(complaints, [])
  })

  it('has the versions, of which one comes back, and goes on where somebody left it', async () => {
    const page = await open({ scheme: 'light', width: 1280 })
    await page.locator('.visuals-picture img').waitFor()
    await page.locator('#name').fill('turns')
    for (const title of ['one', 'two']) {
      await page.locator('.cm-content').click()
      await write(page, GOOD.replace('Loudest tag', title).replace('The loudest', title))
      await page.getByRole('img', { name: new RegExp(`^${title}`) }).waitFor()
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText(`turns is saved, as version ${title === 'one' ? 1 : 2}`).waitFor()
    }
    await page.getByRole('button', { name: 'Restore version 1' }).click()
    await page.getByText('turns is as in version 1 again').waitFor()
    assert.match(await page.locator('.cm-content').innerText(), /title: 'one'/)
    await page.reload()
    await page.getByRole('img', { name: /^one/ }).waitFor()
    assert.equal(await page.locator('#name').inputValue(), 'turns')
    // Somebody else’s name, and a shipped one’s, are refused in words.
    await page.getByRole('button', { name: 'template' }).click()
    await page.locator('#name').fill('wordcloud')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText(/“wordcloud” (already|means something else)/).waitFor()
    // Nor does what is new take the place of what is there, or get lost unasked.
    await page.locator('#name').fill('turns')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('There is turns already').waitFor()
    await page.locator('.cm-content').click()
    await page.keyboard.type('// mine')
    const asked: string[] = []
    page.once('dialog', (dialog) => {
      asked.push(dialog.message())
      void dialog.dismiss()
    })
    await page.getByRole('button', { name: 'turns' }).click()
    assert.deepEqual(asked, ['Leave turns without saving it?'])
    assert.match(await page.locator('.cm-content').innerText(), /mine/)
    page.once('dialog', (dialog) => void dialog.accept())
    await page.getByRole('button', { name: 'turns' }).click()
    await page.locator('.visuals-versions').waitFor()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('turns is removed').waitFor()
    assert.equal(await page.getByRole('button', { name: 'turns', exact: true }).count(), 0)
    await page.context().close()
    // A refused save is answered by 400 or 409, which a browser logs.
    assert.deepEqual(
      complaints.filter((text) => !/status of 4(00|09)/.test(text)),
      [],
    )
  })

  it('loses nothing of two who write the same one, nor what is not saved', async () => {
    const ada = await open({ scheme: 'light', width: 1280 })
    await ada.locator('.visuals-picture img').waitFor()
    const saveAs = async (page: Page, title: string): Promise<void> => {
      await page.locator('.cm-content').click()
      await write(page, GOOD.replace('Loudest tag', title))
      await page.getByRole('button', { name: 'Save', exact: true }).click()
    }
    await ada.locator('#name').fill('shared')
    await saveAs(ada, 'first')
    await ada.getByText('shared is saved, as version 1').waitFor()
    const bob = await open({ scheme: 'light', width: 1280 }, '/visuals#shared')
    await bob.locator('.visuals-versions').waitFor()
    await saveAs(ada, 'from Ada')
    await ada.getByText('shared is saved, as version 2').waitFor()
    await saveAs(bob, 'from Bob')
    await bob.getByText(/made version 2 of shared meanwhile/).waitFor()
    assert.match(await bob.locator('.cm-content').innerText(), /from Bob/)
    await bob.getByRole('button', { name: 'Restore version 1' }).waitFor()
    await bob.getByRole('button', { name: 'Save', exact: true }).click()
    await bob.getByText('shared is saved, as version 3').waitFor()
    // What would put something else in the place of unsaved text asks first.
    for (const name of ['Restore version 1', 'Remove', 'template']) {
      await bob.locator('.cm-content').click()
      await bob.keyboard.type('// more ')
      const asked = bob.waitForEvent('dialog').then(async (dialog) => {
        await dialog.dismiss()
        return dialog.message()
      })
      await bob.getByRole('button', { name, exact: true }).click()
      assert.equal(await asked, 'Leave shared without saving it?', name)
      assert.match(await bob.locator('.cm-content').innerText(), /more/)
    }
    // An address with a name that cannot be one begins as any other.
    const odd = await open({ scheme: 'light', width: 1280 }, '/visuals#%')
    await odd.locator('.visuals-picture img').waitFor()
    for (const page of [ada, bob, odd]) await page.context().close()
  })

  it('shows what it drew as an image alone, whatever the module gives', async () => {
    const page = await open({ scheme: 'dark', width: 1280 })
    await page.locator('.visuals-picture img').waitFor()
    await page.locator('.cm-content').click()
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="no"</script><rect width="9" height="9" onclick="x()"/></svg>'
    await write(page, `export default { title: 'Bad', needs: {}, draw: () => '${svg}', describe: () => '<b>bold</b>' }`)
    await page.locator('.visuals-left-out').waitFor()
    assert.match(await page.locator('.visuals-left-out').innerText(), /script/)
    assert.equal(await page.locator('.visuals-picture svg, .visuals-picture b').count(), 0)
    assert.match((await page.locator('.visuals-picture img').getAttribute('src')) ?? '', /^data:image\/png;base64,/)
    assert.equal(await page.title(), 'Visualisations · Spinup')
    await page.context().close()
  })

  for (const scheme of ['dark', 'light'] as const) {
    for (const width of [1280, 360]) {
      it(`has nothing that axe finds, and nothing that scrolls sideways: ${scheme}, ${width} px`, async () => {
        const page = await open({ scheme, width })
        await page.locator('.visuals-picture img').waitFor()
        await page.locator('.cm-content').click()
        await write(page, 'export default {\n  title: nobody,\n}')
        await page.locator('.visuals-problem[data-tone=bad]').waitFor()
        for (const state of ['wrong', 'right']) {
          if (state === 'right') {
            await write(page, GOOD)
            await page.getByRole('img', { name: 'The loudest tag is redis' }).waitFor()
            await page.locator('#name').fill(`axe-${scheme}-${width}`)
            await page.getByRole('button', { name: 'Save', exact: true }).click()
            await page.locator('.visuals-versions').waitFor()
          }
          assert.deepEqual(await violations(page), [], state)
          const [content, view] = await page.evaluate<readonly [number, number]>(
            '[document.documentElement.scrollWidth, innerWidth]',
          )
          assert.ok(content <= view, `${content} px of content in ${view}`)
        }
        await page.context().close()
      })
    }
  }
})

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const { violations: all } = await page.evaluate<{
    readonly violations: readonly {
      readonly id: string
      readonly nodes: readonly { readonly failureSummary: string; readonly html: string }[]
    }[]
  }>(`axe.run(document, { rules: { 'target-size': { enabled: true } } })`)
  return all.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ failureSummary, html }) =>
        `${id}: ${failureSummary.replaceAll(/\s+/g, ' ').slice(0, 200)} ${html.slice(0, 160)}`,
    ),
  )
}
