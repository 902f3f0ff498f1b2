import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

/** Stands where the agent stands on a droplet, and tells over its listening port what it was given. */
const { values } = parseArgs({
  options: { config: { type: 'string' }, listen: { type: 'string' }, statsd: { type: 'string' } },
})
const [host = '', port = '0'] = (values.listen ?? '').split(':')
const proc = process.env['SPINUP_AGENT_PROC'] ?? ''
createServer((_, response) => {
  response.end(
    JSON.stringify({
      config: readFileSync(values.config ?? '', 'utf8'),
      statsd: values.statsd,
      proc,
      metadata: process.env['SPINUP_AGENT_METADATA'],
      stat: readFileSync(`${proc}/stat`, 'utf8'),
    }),
  )
}).listen(Number(port), host)
