// The way to every page, and to every state of it that a browser can reach.

const WEB = "https://photos.countersign.dev/callback";
const APP = "http://127.0.0.1/callback";
const SCOPE = "openid profile email offline_access notes.read notes.write";
// A word that offers no place to break it.
const LONG = "Photos".repeat(16);

/** Registers the clients that some of the pages are about. */
export async function registerClients(server) {
  const add = (id, ...more) => server.addClient(id, "--public", ...more);
  await add("web", "--name", LONG, "--redirect-uri", WEB, "--scope", `openid ${LONG}`);
  await add("modest", "--redirect-uri", APP, "--scope", "");
  await add("growing", "--redirect-uri", APP, "--scope", SCOPE);
}

/**
 * The pages by name. `open` goes there, `refusals` are the statuses of 400 and more that this takes. `server` runs as the
 * playground, `production` under `serve`, and `app` is an application of the playground's.
 */
export function pages({ server, production, app }) {
  const at = (path) => (page) => page.goto(server.issuer + path);
  const asking = (more) => (page) => page.goto(app.request(more));
  const web = { client_id: "web", redirect_uri: WEB };

  const signedIn = (next) => async (page) => {
    await at("/login")(page);
    await fill(page, server.alice.username, server.alice.password);
    await page.locator("form[action$='/logout']").waitFor();
    await next(page);
  };

  const mistaken = (username, password, before = () => {}) => async (page) => {
    await asking()(page);
    await before(page);
    await fill(page, username, password);
    await page.getByRole("alert").waitFor();
  };

  const granted = signedIn(async (page) => {
    await page.goto(server.link);
    await page.waitForURL(/\/consent|\/dev\/client/);
    if (page.url().includes("/consent")) await page.locator("button[value=allow]").click();
    await page.getByText("✓ the id_token is for this client").waitFor();
  });

  const unfolded = async (page) => {
    await granted(page);
    await page.locator("#log details").evaluateAll((all) => all.forEach((details) => { details.open = true; }));
  };

  const asMuchMore = signedIn(async (page) => {
    const growing = { client_id: "growing", prompt: "consent" };
    await asking({ ...growing, scope: "openid profile" })(page);
    await page.locator("button[value=allow]").click();
    await page.waitForURL(/\/callback/);
    await asking({ ...growing, scope: SCOPE })(page);
    await page.locator(".granted").waitFor();
  });

  const another = signedIn(async (page) => {
    await asking({ prompt: "select_account" })(page);
    await page.locator("button[value=another]").click();
    await page.locator(".why").waitFor();
  });

  const signedOutOf = signedIn(async (page) => {
    const listens = `frontchannel_logout_uri=${new URL("/front", app.redirectUri).href}`;
    await server.command(["client", "set", "dev-public", "--metadata", listens]);
    await asking({ prompt: "consent" })(page);
    await page.locator("button[value=allow]").click();
    await page.waitForURL(/\/callback/);
    await at("/logout")(page);
    await page.locator("h2").waitFor();
    await page.locator("button.main").click();
    await page.locator("iframe").waitFor({ state: "attached" });
  });

  const allowedInAnotherTab = signedIn(async (page) => {
    await asking({ prompt: "consent" })(page);
    const another = await page.context().newPage();
    await another.goto(page.url());
    await another.locator("button[value=allow]").click();
    await another.waitForURL(/\/callback/);
    await page.locator("button[value=deny]").click();
    await page.locator(".request").waitFor();
  });

  const sending = (path, value) => async (page) => {
    await at("/login")(page);
    await sendForeignForm(page, path, value);
    await page.locator(".request").waitFor();
  };

  return {
    "home of the playground": { open: at("/") },
    "test client": { open: at("/dev/client") },
    "test client after a grant": { open: granted },
    "test client with everything unfolded": { open: unfolded },
    "sign-in": { open: asking({ login_hint: "alice" }) },
    "sign-in without an application": { open: at("/login") },
    "sign-in for an application on the web": { open: asking({ ...web, scope: "openid" }) },
    "sign-in after a mistake": { open: mistaken("alice", "not the password"), refusals: [400] },
    "sign-in without a username": { open: mistaken("", "not the password"), refusals: [400] },
    "sign-in without a password": { open: mistaken("alice", ""), refusals: [400] },
    "sign-in with a password that is too long": { open: mistaken("alice", "x".repeat(5_000)), refusals: [400] },
    "sign-in after too many mistakes": { open: mistaken("mallory", "not the password", guessOften), refusals: [429] },
    "sign-in with a form that is too old": { open: mistaken("alice", "a password", forgetCookies), refusals: [403] },
    "sign-in again": { open: signedIn(asking({ prompt: "login" })) },
    "sign-in again after a while": { open: signedIn(asking({ max_age: "0" })) },
    "choice of an account": { open: signedIn(asking({ prompt: "select_account" })) },
    "choice of an account for an application on the web": { open: signedIn(asking({ ...web, scope: "openid", prompt: "select_account" })) },
    "sign-in with another account": { open: another },
    "consent": { open: signedIn(asking({ prompt: "consent", scope: SCOPE })) },
    "consent to more": { open: asMuchMore },
    "consent to nothing in particular": { open: signedIn(asking({ client_id: "modest", scope: "", prompt: "consent" })) },
    "consent to long words": { open: signedIn(asking({ ...web, scope: `openid ${LONG}`, prompt: "consent" })) },
    "signed in": { open: signedIn(() => {}) },
    "sign-out": { open: signedIn(at("/logout")) },
    "sign-out after a mistake of the application": { open: signedIn(at("/logout?post_logout_redirect_uri=https://photos.example/")) },
    "signed out": { open: at("/logout") },
    "signed out after a mistake of the application": { open: at("/logout?client_id=nobody") },
    "signed out of applications": { open: signedOutOf },
    "error: unknown client": { open: at("/authorize?response_type=code&client_id=nobody"), refusals: [400] },
    "error: unproven redirect URI": { open: asking({ redirect_uri: "http://evil.example/" }), refusals: [400] },
    "error under serve": { open: (page) => page.goto(`${production.issuer}/authorize?client_id=nobody`), refusals: [400] },
    "error: foreign flow": { open: at("/consent?flow=made-up"), refusals: [403] },
    "error: decided already": { open: allowedInAnotherTab, refusals: [400] },
    "error: another method": { open: sending("/favicon.svg", ""), refusals: [405] },
    "error: too large": { open: sending("/login", "x".repeat(100_000)), refusals: [413] },
    "error: no such page": { open: at("/no-such-page"), refusals: [404] },
  };
}

async function fill(page, username, password) {
  await page.locator("#username").fill(username);
  await page.locator("#password").fill(password);
  await page.locator("button.main").click();
}

/** Guesses mallory's password until nobody may guess any more. */
async function guessOften(page) {
  const form = page.locator("form:has(#password)");
  const hidden = await form.locator("[type=hidden]").evaluateAll((inputs) => inputs.map(({ name, value }) => [name, value]));
  const guess = { form: { ...Object.fromEntries(hidden), username: "mallory", password: "not the password" } };
  const action = await form.evaluate((form) => form.action);
  let status = 0;
  for (let tries = 0; status !== 429 && tries < 200; tries += 1) status = (await page.request.post(action, guess)).status();
}

const forgetCookies = (page) => page.context().clearCookies();

const sendForeignForm = (page, path, value) => page.evaluate(([action, value]) => {
  const form = Object.assign(document.createElement("form"), { action, method: "post" });
  form.append(Object.assign(document.createElement("input"), { name: "field", value }));
  document.body.append(form);
  form.submit();
}, [path, value]);
