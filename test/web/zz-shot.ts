import { findChromium, launchChromium } from './chromium.ts'
import { startVisualsStage } from './visuals-stage.ts'
const stage = await startVisualsStage()
const browser = await launchChromium(findChromium()!)
for (const [name, scheme, width, height] of [['dark','dark',1440,900],['light','light',1440,900],['phone','dark',390,844]] as const) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme })
  const page = await context.newPage()
  page.on('console', (m) => console.log(name, m.type(), m.text()))
  page.on('pageerror', (e) => console.log(name, 'pageerror', e.message))
  await page.goto(`${stage.web.url}/visuals`)
  await page.locator('.visuals-picture img').waitFor({timeout: 30000})
  if (name !== 'light') {
    await page.getByRole('button', { name: 'bubbles' }).click()
    await page.getByRole('img', { name: /bubbles/ }).waitFor({timeout: 30000})
  }
  if (name === 'light') {
    await page.locator('#name').fill('my-cloud')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('is saved, as version 1').waitFor()
    await page.evaluate(() => { const c = document.querySelector('#editor')!.shadowRoot!.querySelector('.cm-content') as HTMLElement; c.focus() })
    await page.keyboard.press('Control+End'); await page.keyboard.type('oops(')
    await page.locator('.visuals-problem[data-tone=bad]').waitFor()
    await page.waitForTimeout(800)
  }
  await page.screenshot({ path: `/tmp/shots/editor-${name}.png`, fullPage: name === 'phone' })
  await context.close()
}
await browser.close(); await stage.stop()
