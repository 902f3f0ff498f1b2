import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { transportInTime } from '../../../src/providers/digitalocean/in-time.ts'

describe('a request that is sent in time or not at all, over TLS', () => {
  it('leaves once the connection is there, and not after a stop', async (test) => {
    const dir = await mkdtemp(join(tmpdir(), 'spinup-tls-'))
    test.after(() => rm(dir, { recursive: true, force: true }))
    const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
    const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
    try {
      execFileSync('openssl', [...words, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' })
    } catch {
      return test.skip('openssl is not installed')
    }
    let arrived = 0
    const [key, cert] = [await readFile(keyFile), await readFile(certFile)]
    const server = https.createServer({ key, cert }, (request, response) => {
      arrived++
      request.resume().on('end', () => response.end())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const agent = new https.Agent({ keepAlive: true })
    test.after(() => {
      agent.destroy()
      server.close()
    })
    const send = async (stop: () => void): Promise<void> => {
      const { port } = server.address() as AddressInfo
      const place = { protocol: 'https:', host: '127.0.0.1', port, method: 'POST', agent, ca: cert }
      const tls = { ...place, checkServerIdentity: () => undefined }
      const answer = Promise.withResolvers<IncomingMessage>()
      const request = transportInTime(performance.now()).request(tls, answer.resolve)
      request.on('error', answer.reject).end('{}')
      stop()
      const response = await answer.promise
      await once(response.resume(), 'end')
    }
    await send(() => undefined)
    await send(() => undefined)
    assert.equal(arrived, 2)
    agent.destroy()
    const asleep = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100)
    await assert.rejects(
      send(() => setImmediate(asleep)),
      /too late to be sent/,
    )
    assert.equal(arrived, 2)
  })
})
