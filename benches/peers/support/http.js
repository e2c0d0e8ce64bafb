// Requests to the token endpoint, one at a time.

/** The header of `client_secret_basic` (RFC 6749, section 2.3.1), for values that need no encoding. */
export const basic = (id, secret) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

/** The answer of the token endpoint with its status. */
export async function tokenAnswer(server, form) {
  const response = await fetch(server.url + server.paths.token, {
    method: "POST",
    headers: { Authorization: server.authorization },
    body: new URLSearchParams(form),
  });
  return { status: response.status, ...await response.json() };
}

/** The same, for one that has to succeed. */
export async function token(server, form) {
  const answer = await tokenAnswer(server, form);
  if (answer.status !== 200) throw new Error(`${server.name}: ${JSON.stringify(answer)}`);
  return answer;
}

export const refresh = (server, value) => tokenAnswer(server, { grant_type: "refresh_token", refresh_token: value });
