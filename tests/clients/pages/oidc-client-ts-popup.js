// The application and what its popups come back to.

import { manager } from "settings";

manager.settings.popup_post_logout_redirect_uri = `${location.origin}/bye`;

const show = (user) => {
  document.getElementById("root").textContent = user ? `Signed in as ${user.profile.preferred_username}` : "Signed out";
};

window.signIn = async () => show(await manager.signinPopup());
window.signOut = async () => show(await manager.signoutPopup());

if (location.pathname === "/callback") await manager.signinPopupCallback();
else if (location.pathname === "/bye") await manager.signoutPopupCallback();
else show(await manager.getUser());
