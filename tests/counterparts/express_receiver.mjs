// Express on a free loopback port, as its authors' guides have it: prints one JSON line when it listens, and
// ends when its standard input does. Compares digests as bytes, which Node decodes leniently.
import { createHmac, timingSafeEqual } from "node:crypto";
import express from "express";

const secret = process.env.ZOOM_WEBHOOK_SECRET_TOKEN;
const windowS = 300;
const hashed = (...parts) => parts.reduce((hmac, part) => hmac.update(part), createHmac("sha256", secret)).digest();

function isFromZoom(request) {
  const timestamp = request.get("x-zm-request-timestamp") ?? "";
  const [version, digest] = (request.get("x-zm-signature") ?? "").split("=");
  const given = Buffer.from(digest ?? "", "hex");
  const right = hashed(`v0:${timestamp}:`, request.body);
  const isRight = version === "v0" && given.length === right.length && timingSafeEqual(given, right);
  return isRight && Math.abs(Date.now() / 1000 - Number(timestamp)) < windowS;
}

const app = express();
app.post("/webhooks/zoom", express.raw({ type: () => true, limit: "2mb" }), (request, response) => {
  if (!Buffer.isBuffer(request.body)) request.body = Buffer.alloc(0); // nothing was sent
  if (!isFromZoom(request)) return response.status(401).json({ message: "unauthorized" });
  let event;
  try {
    event = JSON.parse(request.body.toString());
  } catch {
    return response.status(400).json({ message: "no JSON" });
  }
  if (event?.event === "endpoint.url_validation") {
    const plainToken = event.payload?.plainToken;
    if (typeof plainToken !== "string") return response.sendStatus(400);
    return response.json({ plainToken, encryptedToken: hashed(plainToken).toString("hex") });
  }
  return response.json({ status: "success" });
});

const server = app.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});
process.stdin.resume().on("end", () => process.exit(0));
