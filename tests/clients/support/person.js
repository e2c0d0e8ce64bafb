// A person with a browser that has no JavaScript: it keeps cookies, follows redirects and sends the forms of pages.

import assert from "node:assert/strict";

export class Person {
  #cookies = new Map();

  constructor({ username, password }) {
    this.credentials = { username, password };
  }

  /**
   * Opens an authorization request, does what the pages ask, and gives what the application gets: the address of the
   * answer, or the form that is posted to it.
   */
  async authorize(url, decision = "allow") {
    let response = await this.#send(url);
    for (let step = 0; step < 10; step += 1) {
      if (response.status === 303) {
        const to = new URL(response.headers.get("location"), response.url);
        if (to.origin !== new URL(url).origin) return to;
        response = await this.#send(to);
      } else {
        const html = await response.text();
        assert.equal(response.status, 200, html);
        const answer = forms(html).find(({ action }) => new URL(action, url).origin !== new URL(url).origin);
        if (answer) return new Request(answer.action, { method: "POST", body: answer.body });
        response = await this.#answer(response.url, html, decision);
      }
    }
    throw new Error("the pages lead nowhere");
  }

  /**
   * Opens the address at which a program that registered itself signs people out, and gives the one that the page
   * afterwards has a link to.
   */
  async leave(url) {
    let response = await this.#send(url);
    for (let step = 0; response.status === 303 && step < 10; step += 1) {
      response = await this.#send(new URL(response.headers.get("location"), response.url));
    }
    const html = await response.text();
    const links = [...html.matchAll(/<a class="button main continue" href="([^"]*)"/g)];
    assert.equal(links.length, 1, html);
    return new URL(links[0][1].replaceAll("&#38;", "&").replaceAll("&amp;", "&"));
  }

  #answer(url, html, decision) {
    const form = forms(html).find(({ names }) => names.has("password") || names.has("decision", decision));
    assert.ok(form, html);
    if (form.names.has("password")) form.set({ ...this.credentials }); else form.set({ decision });
    return this.#send(new URL(form.action, url), form.body);
  }

  async #send(url, body) {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const options = { method: body ? "POST" : "GET", body, headers: { cookie }, redirect: "manual" };
    const response = await fetch(url, options);
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/max-age=0/i.test(line)) this.#cookies.delete(name); else this.#cookies.set(name, value);
    }
    return response;
  }
}

/** The forms of a page: where they go, the controls they have, and what is sent with them. */
function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, form, content]) => {
    const controls = [...content.matchAll(/<(input|button)\b([^>]*)>/g)].map(([, , text]) => attributes(text));
    const names = new URLSearchParams(controls.filter(({ name }) => name).map(({ name, value }) => [name, value ?? ""]));
    const hidden = controls.filter(({ type }) => type === "hidden").map(({ name, value }) => [name, value]);
    const body = new URLSearchParams(hidden);
    const set = (fields) => Object.entries(fields).forEach(([name, value]) => body.set(name, value));
    return { action: attributes(form).action, names, body, set };
  });
}

function attributes(text) {
  const pairs = [...text.matchAll(/([\w-]+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, unescape(value)]));
}

function unescape(text) {
  const named = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) => code ? String.fromCodePoint(code) : named[name]);
}
