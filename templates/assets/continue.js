// Goes on to the application as soon as the frames of this page are there, or after three seconds. Without this file the link
// does.
const link = document.querySelector("a.continue");
if (link) {
  let gone = false;
  const go = () => {
    if (!gone) location.assign(link.href);
    gone = true;
  };
  if (document.readyState === "complete") go();
  addEventListener("load", go);
  setTimeout(go, 3000);
}
