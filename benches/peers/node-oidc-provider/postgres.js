// Keeps node-oidc-provider's entities in PostgreSQL, as its adapter contract asks: a table for each kind, prepared
// statements, a pool of connections. What is not searched for is one column of JSON.

import pg from "pg";

const KINDS = ["AccessToken", "AuthorizationCode", "ClientCredentials", "Grant", "Interaction", "RefreshToken",
  "ReplayDetection", "Session"];

/** At most so many `connections` to the database at `url`. */
export const open = (url, connections) => new pg.Pool({ connectionString: url, max: connections });

/** Makes the tables. There is no index for clearing away what expired: it would only cost. */
export async function createTables(pool) {
  for (const table of KINDS.map(tableOf)) {
    await pool.query(`
      CREATE TABLE ${table} (
        id text COLLATE "C" PRIMARY KEY,
        grant_id text COLLATE "C",
        uid text COLLATE "C",
        payload text NOT NULL,
        expires_at bigint,
        consumed_at bigint
      );
      CREATE INDEX ${table}_grant_id ON ${table} (grant_id) WHERE grant_id IS NOT NULL;
      CREATE INDEX ${table}_uid ON ${table} (uid) WHERE uid IS NOT NULL;`);
  }
}

const tableOf = (kind) => `oidc_${kind.toLowerCase()}`;

/** What node-oidc-provider takes as its `adapter`. */
export const adapter = (pool) => (kind) => new Adapter(pool, kind);

const now = () => Math.floor(Date.now() / 1000);

class Adapter {
  constructor(pool, kind) {
    const table = tableOf(kind);
    const prepared = (name, text) => {
      const statement = { name: `${kind}_${name}`, text };
      return (...values) => pool.query({ ...statement, values });
    };
    this.statements = {
      upsert: prepared("upsert", `
        INSERT INTO ${table} (id, grant_id, uid, payload, expires_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE SET grant_id = $2, uid = $3, payload = $4, expires_at = $5`),
      find: prepared("find", `SELECT payload, expires_at, consumed_at FROM ${table} WHERE id = $1`),
      findByUid: prepared("by_uid", `SELECT payload, expires_at, consumed_at FROM ${table} WHERE uid = $1`),
      consume: prepared("consume", `UPDATE ${table} SET consumed_at = $2 WHERE id = $1`),
      destroy: prepared("destroy", `DELETE FROM ${table} WHERE id = $1`),
      revoke: prepared("revoke", `DELETE FROM ${table} WHERE grant_id = $1`),
    };
  }

  async upsert(id, payload, ttl) {
    const expires = ttl ? now() + ttl : null;
    await this.statements.upsert(id, payload.grantId ?? null, payload.uid ?? null, JSON.stringify(payload), expires);
  }

  find = async (id) => entity(await this.statements.find(id));
  findByUid = async (uid) => entity(await this.statements.findByUid(uid));
  /** For the device flow, which is off. */
  findByUserCode = async () => undefined;
  consume = async (id) => { await this.statements.consume(id, now()); };
  destroy = async (id) => { await this.statements.destroy(id); };
  revokeByGrantId = async (grant) => { await this.statements.revoke(grant); };
}

function entity({ rows: [row] }) {
  if (!row || (row.expires_at !== null && Number(row.expires_at) <= now())) return undefined;
  const payload = JSON.parse(row.payload);
  if (row.consumed_at !== null) payload.consumed = Number(row.consumed_at);
  return payload;
}
