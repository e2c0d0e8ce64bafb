// What a test calls stands in `window`, here and in the other pages.

import { manager } from "settings";

window.signIn = () => manager.signinRedirect();
window.refresh = () => manager.signinSilent();

const user = location.pathname === "/callback" ? await manager.signinRedirectCallback() : await manager.getUser();
document.body.append(user ? `Signed in as ${user.profile.preferred_username}` : "Signed out");
