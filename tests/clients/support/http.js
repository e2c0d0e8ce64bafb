// A server of the test's own, beside Countersign.

import { createServer } from "node:http";

/** Serves `handler` on a free port of a loopback address. */
export async function listen(handler, address = "127.0.0.1") {
  const server = createServer(handler);
  await new Promise((listening) => server.listen(0, address, listening));
  const host = address.includes(":") ? `[${address}]` : address;
  return {
    origin: `http://${host}:${server.address().port}`,
    stop: () => new Promise((stopped) => {
      server.close(stopped);
      server.closeAllConnections();
    }),
  };
}
