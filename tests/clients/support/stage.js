// The stage of a test with a program of somebody else: a server with a person, a place for the program, a browser.

import { after, before } from "node:test";

import { launch } from "./browser.js";
import { place } from "./program.js";
import { serve } from "./server.js";

/**
 * Sets all up for the tests of a file. `start` gets `server`, `where` and `alice`, and starts the program; what it answers has
 * `stop`. `host` is the name by which the browser finds the program.
 */
export function stage(start, { host } = {}) {
  const all = {};
  before(async () => {
    [all.where, all.server, all.browser] = await Promise.all([place(host), serve(), launch()]);
    all.alice = await all.server.addUser("alice", "a long enough password");
    all.program = await start(all);
  });
  after(async () => {
    await all.browser?.close();
    await all.program?.stop();
    await all.server?.stop();
  });
  /** A tab of a browser that nobody used before. */
  all.tab = async () => {
    const context = await all.browser.newContext({ locale: "en" });
    // Pages of programs are large.
    context.setDefaultTimeout(60_000);
    return context.newPage();
  };
  return all;
}
