// Streamlit, unmodified, in Chromium: st.login, with the name and the address from the ID token.

import { test } from "node:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { person } from "./support/browser.js";
import { python, settle, start } from "./support/program.js";
import { stage } from "./support/stage.js";

const on = stage(async ({ server, where }) => {
  await server.command(["user", "set", "alice", "--claim", "name=Alice Liddell"]);
  const redirectUri = `${where.origin}/oauth2callback`;
  const client = await server.addClient("board", "--name", "Board", "--redirect-uri", redirectUri);
  const folder = await settle("streamlit");
  await writeFile(join(folder, ".streamlit/secrets.toml"), `[auth]
redirect_uri = "${redirectUri}"
cookie_secret = "a secret of the application's own"
client_id = "${client.client_id}"
client_secret = "${client.client_secret}"
server_metadata_url = "${server.issuer}/.well-known/openid-configuration"
`);
  const options = ["--server.headless", "true", "--server.address", "localhost", "--server.port", String(where.port)];
  const quiet = ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"];
  const command = [python("programs", "streamlit"), "run", "app.py", ...options, ...quiet];
  return start(command, { folder, address: `${where.origin}/_stcore/health` });
});

test("a person signs in to a Streamlit app, which greets her by name and address", async () => {
  const tab = await on.tab();
  await tab.goto(on.where.origin);
  await tab.getByRole("button", { name: "Log in" }).click();
  await person(tab).signIn(on.alice);
  await person(tab).allow();
  await tab.getByText("Hello, Alice Liddell of alice@countersign.dev!").waitFor();
  await tab.getByRole("button", { name: "Log out" }).click();
  await tab.getByRole("button", { name: "Log in" }).waitFor();
});
