// Node-RED whose editor people enter by Countersign, with the strategy that its documentation points to.

const { Strategy } = require(`${process.env.MODULES}/passport-openidconnect`);

const issuer = process.env.ISSUER;

module.exports = {
  uiHost: "127.0.0.1",
  uiPort: process.env.PORT,
  flowFile: "flows.json",
  telemetry: { enabled: false },
  adminAuth: {
    type: "strategy",
    strategy: {
      name: "openidconnect",
      label: "Sign in with Countersign",
      icon: "fa-lock",
      strategy: Strategy,
      options: {
        issuer,
        authorizationURL: `${issuer}/authorize`,
        tokenURL: `${issuer}/token`,
        userInfoURL: `${issuer}/userinfo`,
        clientID: process.env.CLIENT_ID,
        clientSecret: process.env.CLIENT_SECRET,
        callbackURL: `${process.env.ORIGIN}/auth/strategy/callback`,
        scope: ["profile", "email"],
        verify: (issuer, profile, done) => done(null, { username: profile.username }),
      },
    },
    users: (username) => Promise.resolve({ username, permissions: "*" }),
  },
};
