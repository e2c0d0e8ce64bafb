import "@angular/compiler";
import { Component, inject, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { OidcSecurityService } from "angular-auth-oidc-client";
import { auth } from "settings";

class App {
  text = signal("");

  constructor() {
    const security = inject(OidcSecurityService);
    const show = ({ isAuthenticated, userData, errorMessage }) => {
      this.text.set(isAuthenticated ? `Signed in as ${userData.preferred_username}` : errorMessage || "Signed out");
    };
    window.signIn = () => security.authorizeWithPopUp().subscribe(show);
    security.checkAuth().subscribe(show);
  }
}
Component({ selector: "app-root", template: "<p>{{ text() }}</p>" })(App);

await bootstrapApplication(App, { providers: [auth] });
