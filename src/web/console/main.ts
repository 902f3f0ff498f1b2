import type { FirstLook } from '../../core/model/message.ts'
import { createPage } from './page.ts'

const root = document.getElementById('app')
const known = document.getElementById('known')?.textContent
// Written by our own server, which types it.
if (root !== null && known !== undefined) createPage(root, JSON.parse(known ?? '') as FirstLook)
