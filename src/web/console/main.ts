import { createPage } from './page.ts'

const root = document.getElementById('app')
if (root !== null) createPage(root)
