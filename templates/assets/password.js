// Shows the password while its button is pressed in. Without this file the button stays hidden.
for (const button of document.querySelectorAll("button[aria-pressed][aria-controls]")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const show = (shown) => {
    button.setAttribute("aria-pressed", String(shown));
    input.type = shown ? "text" : "password";
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  // A password that is sent as text would be kept by the browser's form history; on the way back it is hidden again.
  input.form.addEventListener("submit", () => show(false));
  addEventListener("pageshow", () => show(false));
}
