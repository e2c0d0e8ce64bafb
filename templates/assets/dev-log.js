// The log of the test client: one exchange for each button that was pressed, the newest first. Bodies and long tokens are
// folded, and whatever is shown can be copied.

const log = document.getElementById("log");

/** Texts longer than this, such as tokens, are folded. */
const LONG = 64;

let current;

export function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** Begins an exchange above all others, which are folded. */
export function begin(title) {
  for (const older of log.querySelectorAll(".exchange[open]")) older.open = false;
  current = element("details", undefined, "exchange");
  current.open = true;
  current.append(element("summary", title));
  log.prepend(current);
  log.closest(".workbench").scrollIntoView();
}

export function clear() {
  log.replaceChildren();
  current = undefined;
}

function append(made) {
  if (!current) begin("Ready");
  current.append(made);
}

export function note(text, good) {
  append(element("p", `${good ? "✓" : "✗"} ${text}`, good ? "good" : "bad"));
}

export function say(text) {
  append(element("p", text));
}

// -- Copying ---------------------------------------------------------------------------------------------------------

async function copy(button, text) {
  const { textContent } = button;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser forbids to copy";
  }
  setTimeout(() => { button.textContent = textContent; }, 2000);
}

function copyButton(name, text) {
  const button = element("button", name, "small");
  button.type = "button";
  button.addEventListener("click", () => copy(button, text));
  return button;
}

// -- Entries ---------------------------------------------------------------------------------------------------------

const written = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

/** A text in which long words, such as tokens, are folded. */
function folded(text) {
  const box = element("div", undefined, "code");
  for (const line of text.split("\n")) {
    const [long] = line.match(/[^\s"=&]{2,}/g)?.filter((word) => word.length > LONG) ?? [];
    if (!long) {
      box.append(element("code", line));
      continue;
    }
    const details = element("details", undefined, "long");
    const shortened = line.replace(long, `${long.slice(0, 16)}…${long.slice(-8)}`);
    const summary = element("summary");
    summary.append(element("code", shortened), element("span", ` ${long.length} characters`, "count"));
    details.append(summary, element("code", long), copyButton("Copy the value", long));
    box.append(details);
  }
  return box;
}

/**
 * Adds an entry that is folded: its title and status are seen, and an error is open.
 * `parts` are names and values; `curl` is the same request for a shell.
 */
export function entry(title, status, parts, good = true, curl = undefined) {
  const made = element("details", undefined, "entry");
  made.open = !good;
  const summary = element("summary", title);
  if (status) summary.append(element("span", String(status), `status ${good ? "good" : "bad"}`));
  made.append(summary);
  for (const [name, value] of parts) {
    const heading = element("div", undefined, "part");
    heading.append(element("h3", name), copyButton(`Copy ${name.toLowerCase()}`, written(value)));
    if (curl && name === "Request") heading.append(copyButton("Copy as curl", curl));
    made.append(heading, folded(written(value)));
  }
  append(made);
}
