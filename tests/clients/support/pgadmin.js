// pgAdmin 4: an instance of its own, in a Python environment of its own. All that it reads and writes is in one folder.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { python, settle, start } from "./program.js";

/** Where people come back to after signing in. */
export const redirectUri = ({ origin }) => `${origin}/oauth2/authorize`;

/** Where they come back to after signing out. */
export const afterwards = ({ origin }) => `${origin}/`;

/** Starts pgAdmin there, as the client `client` of `issuer`. */
export async function pgadmin({ port, origin }, issuer, client) {
  const folder = await settle("pgadmin");
  const libraries = python("pgadmin", "../lib");
  const [version] = await readdir(libraries).catch(() => {
    throw new Error(`there is no pgAdmin in ${libraries}: tests/run.sh installs it`);
  });
  const program = join(libraries, version, "site-packages/pgadmin4/pgAdmin4.py");
  const env = {
    PYTHONPATH: folder, DIR: folder, PORT: port, ISSUER: issuer,
    CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret,
    PGADMIN_SETUP_EMAIL: "operator@countersign.dev", PGADMIN_SETUP_PASSWORD: "the password of nobody",
  };
  // The first start compiles it.
  return start([python("pgadmin", "python"), program], { folder, env, address: `${origin}/misc/ping` });
}
