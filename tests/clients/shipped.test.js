// Gaps of the program that is shipped: tests/run.sh runs the tests in tests/it on one with every feature.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import { BINARY } from "./support/server.js";

test("a program without traces says so, and does not start", () => {
  const env = { COUNTERSIGN_TELEMETRY__OTLP_ENDPOINT: "http://127.0.0.1:4318" };
  const { status, stderr } = spawnSync(BINARY, ["config", "check"], { env, encoding: "utf8", cwd: import.meta.dirname });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /telemetry\.otlp_endpoint: this binary was built without OpenTelemetry; remove the key, or build it with `--features otel`/);
});
