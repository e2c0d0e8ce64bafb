// Keeps node-oidc-provider's entities in memory. Its own adapter forgets all but the last thousand or two.

const kinds = new Map();

/** What node-oidc-provider takes as its `adapter`. */
export const adapter = (kind) => {
  if (!kinds.has(kind)) kinds.set(kind, new Adapter());
  return kinds.get(kind);
};

class Adapter {
  entities = new Map();

  async upsert(id, payload) { this.entities.set(id, payload); }
  async find(id) { return this.entities.get(id); }
  async findByUid(uid) { return this.entities.values().find((payload) => payload.uid === uid); }
  async findByUserCode(code) { return this.entities.values().find((payload) => payload.userCode === code); }
  async consume(id) { this.entities.get(id).consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { this.entities.delete(id); }
  async revokeByGrantId(grant) {
    for (const [id, payload] of this.entities) if (payload.grantId === grant) this.entities.delete(id);
  }
}
