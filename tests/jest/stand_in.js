// Stands in for Jest where it is not installed: as much of it as fixtures/README.md uses, over Node's own runner.
"use strict";

const assert = require("node:assert");
const { test } = require("node:test");

const named = (name, row) => name.replace(/\$(\w+)/g, (_, key) => row[key]);

globalThis.test = Object.assign((name, run) => test(name, run), {
  each: (rows) => (name, run) => rows.forEach((row) => test(named(name, row), () => run(row))),
});
globalThis.expect = (value) => ({
  toBe: (other) => assert.strictEqual(value, other),
  toEqual: (other) => assert.deepStrictEqual(value, other),
  toContain: (member) => assert.ok(value.includes(member), `${value} does not contain ${member}`),
});
