// A right receiver in the form that fixtures/README.md asks for, in another language than ours.
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");

const secretToken = JSON.parse(fs.readFileSync("fixtures/corpus/manifest.json", "utf8")).secret_token;
const hmac = (...parts) => {
  const digest = crypto.createHmac("sha256", secretToken);
  parts.forEach((part) => digest.update(part));
  return digest.digest("hex");
};

function answer(method, headers, body, now) {
  if (method !== "POST") return { status: 405, text: "" };
  const timestamp = headers["x-zm-request-timestamp"] ?? "";
  const given = Buffer.from(headers["x-zm-signature"] ?? "");
  if (!/^[0-9]{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > 300) return { status: 401, text: "" };
  const right = Buffer.from(`v0=${hmac(`v0:${timestamp}:`, body)}`);
  if (given.length !== right.length || !crypto.timingSafeEqual(given, right)) return { status: 401, text: "" };
  return read(body);
}

function read(body) {
  let envelope;
  try {
    envelope = JSON.parse(body.toString("utf8"));
  } catch {
    return { status: 400, text: "" };
  }
  if (envelope?.event !== "endpoint.url_validation") return { status: 204, text: "" };
  const plainToken = envelope.payload?.plainToken;
  if (typeof plainToken !== "string" || !plainToken) return { status: 400, text: "" };
  return { status: 200, text: JSON.stringify({ plainToken, encryptedToken: hmac(plainToken) }) };
}

module.exports = { answer };
