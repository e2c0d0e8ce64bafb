import "@angular/compiler";
import { Component, inject, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { OidcSecurityService } from "angular-auth-oidc-client";
import { firstValueFrom } from "rxjs";
import { auth } from "settings";

class App {
  text = signal("");

  constructor() {
    const security = inject(OidcSecurityService);
    window.signIn = () => security.authorize();
    window.refresh = () => firstValueFrom(security.forceRefreshSession());
    security.checkAuth().subscribe(({ isAuthenticated, userData, errorMessage }) => {
      this.text.set(isAuthenticated ? `Signed in as ${userData.preferred_username}` : errorMessage ?? "Signed out");
    });
  }
}
Component({ selector: "app-root", template: "<p>{{ text() }}</p>" })(App);

await bootstrapApplication(App, { providers: [auth] });
