// Markdown goes to pages as it is: `${{ secrets.X }}` in an example is no template.
export default () => ({ markdownTemplateEngine: false, dir: { includes: '.' } })
