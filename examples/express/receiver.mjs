// A receiver of Zoom's webhooks in Express.
import crypto from 'node:crypto'
import express from 'express'

const FRESH_S = 300
const REMEMBERED = 10_000

const digest = (key, ...parts) =>
  parts.reduce((hmac, part) => hmac.update(part), crypto.createHmac('sha256', key)).digest('hex')

// Says whether a request is signed with the key, over these very bytes, in the last five minutes.
function isFromZoom (req, key) {
  const stamp = req.get('x-zm-request-timestamp') ?? ''
  const given = Buffer.from(req.get('x-zm-signature') ?? '')
  const right = Buffer.from('v0=' + digest(key, `v0:${stamp}:`, req.body))
  const isSigned = given.length === right.length && crypto.timingSafeEqual(given, right)
  return isSigned && /^\d{1,12}$/.test(stamp) && Math.abs(Date.now() / 1000 - Number(stamp)) <= FRESH_S
}

// Returns the event that a body holds, or null where it holds none.
function eventIn (body) {
  try {
    const event = JSON.parse(body.toString('utf8'))
    const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject(event) && typeof event.event === 'string' && isObject(event.payload) ? event : null
  } catch {
    return null
  }
}

export function createApp (key, events = []) {
  const app = express().disable('x-powered-by')
  const seen = new Set()

  // express.json() would lose the bytes that are signed.
  app.post('/webhooks/zoom', express.raw({ type: () => true, limit: '2mb' }), (req, res) => {
    if (!Buffer.isBuffer(req.body)) req.body = Buffer.alloc(0)
    if (!isFromZoom(req, key)) return res.sendStatus(401)
    const event = eventIn(req.body)
    if (event === null) return res.sendStatus(400)
    if (event.event === 'endpoint.url_validation') {
      const { plainToken } = event.payload
      if (typeof plainToken !== 'string') return res.sendStatus(400)
      return res.json({ plainToken, encryptedToken: digest(key, plainToken) })
    }
    const requestId = req.get('x-zm-request-id') ?? ''
    if (!seen.has(requestId)) { // Zoom sends an event again that it thinks was lost
      seen.add(requestId)
      if (seen.size > REMEMBERED) seen.delete(seen.values().next().value)
      events.push(event) // put it into a queue or a table here, and do the work elsewhere
    }
    res.sendStatus(204)
  })
  app.all('/webhooks/zoom', (req, res) => res.set('allow', 'POST').sendStatus(405))
  app.use((error, req, res, next) => res.sendStatus(error.status ?? 500)) // no stack traces
  return app
}

const secretToken = process.env.ZOOM_WEBHOOK_SECRET_TOKEN
if (!secretToken) throw new Error('set ZOOM_WEBHOOK_SECRET_TOKEN to the secret token of your app at Zoom')
createApp(secretToken).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
