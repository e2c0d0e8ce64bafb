// Refresh token rotation in the test client, and what happens when a refresh token is presented twice.

import { note, say } from "./dev-log.js";
import { clients, keep, kept, token } from "./dev-requests.js";

const refreshWith = (title, refresh_token) =>
  token(title, { grant_type: "refresh_token", refresh_token }, clients[kept("tokens").client]);

export async function refresh() {
  const tokens = kept("tokens");
  const { ok, body } = await refreshWith("Refresh", tokens.refresh.at(-1));
  if (!ok) return false;
  tokens.access = body.access_token;
  tokens.id = body.id_token ?? tokens.id;
  if (body.refresh_token !== tokens.refresh.at(-1)) tokens.refresh.push(body.refresh_token);
  keep("tokens", tokens);
  note(`refresh token number ${tokens.refresh.length} of this sign-in`, true);
  return true;
}

async function atLeast(count) {
  while (kept("tokens").refresh.length < count) {
    say("There is no such refresh token yet, so this refreshes first.");
    if (!await refresh()) return false;
  }
  return true;
}

export async function retry() {
  if (!await atLeast(2)) return;
  const tokens = kept("tokens");
  say("The token that was used just before is presented again, as if its response had been lost.");
  const { ok, body } = await refreshWith("Retry the previous refresh token", tokens.refresh.at(-2));
  if (!ok) {
    note("Refused: the time for a retry is over, so this counts as reuse and the grant is revoked.", false);
    return;
  }
  const same = body.refresh_token === tokens.refresh.at(-1);
  note(same ? "The same refresh token came back as the first time: a lost response logs nobody out."
    : "Another refresh token came back: there would be two successors.", same);
  tokens.access = body.access_token;
  keep("tokens", tokens);
}

export async function replay() {
  if (!await atLeast(3)) return;
  const [oldest, ...later] = kept("tokens").refresh;
  say("The oldest refresh token is presented, as a thief would. Expected: invalid_grant.");
  const { ok, body } = await refreshWith("Replay an old refresh token", oldest);
  note(ok ? "It was accepted, and must not be." : `Refused with ${body.error}.`, !ok && body.error === "invalid_grant");
  say("Reuse revokes the whole family, so the current refresh token is dead as well. Expected: invalid_grant.");
  const current = await refreshWith("The current refresh token", later.at(-1));
  note(current.ok ? "It still works, and must not." : "It is dead too. Sign in again to go on.", !current.ok);
}
