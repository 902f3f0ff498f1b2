const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one)
}

/** The page that asks the person; its form sends the same fields back with `decision`. */
export function consentPage(application: string, fields: Readonly<Record<string, string>>): string {
  const hidden = Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join('')
  return `<!doctype html><title>Authorize application</title><h1>${escaped(application)} asks for access</h1>
<p>Scopes: <code>${escaped(fields['scope'] ?? 'read')}</code></p>
<form method="post" action="/v1/oauth/authorize">${hidden}
<button name="decision" value="approve">Authorize application</button>
<button name="decision" value="deny">Deny</button></form>`
}

export function errorPage(message: string): string {
  return `<!doctype html><title>An error has occurred</title><h1>An error has occurred</h1><p>${escaped(message)}</p>`
}
