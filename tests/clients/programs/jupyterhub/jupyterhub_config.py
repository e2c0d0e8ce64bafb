"""JupyterHub, whose people sign in at Countersign by the generic authenticator, as its documentation has it."""

from os import environ

issuer = environ["ISSUER"]

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = environ["ORIGIN"]
c.JupyterHub.hub_port = int(environ["HUB_PORT"])
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.redirect_to_server = False
c.JupyterHub.spawner_class = "simple"
c.ConfigurableHTTPProxy.command = environ["PROXY"].split()
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{environ['PROXY_PORT']}"

c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.client_id = environ["CLIENT_ID"]
c.GenericOAuthenticator.client_secret = environ["CLIENT_SECRET"]
c.GenericOAuthenticator.oauth_callback_url = f"{environ['ORIGIN']}/hub/oauth_callback"
c.GenericOAuthenticator.authorize_url = f"{issuer}/authorize"
c.GenericOAuthenticator.token_url = f"{issuer}/token"
c.GenericOAuthenticator.userdata_url = f"{issuer}/userinfo"
c.GenericOAuthenticator.login_service = "Countersign"
c.GenericOAuthenticator.username_claim = "preferred_username"
c.GenericOAuthenticator.scope = ["openid", "profile", "email", "groups"]
c.GenericOAuthenticator.manage_groups = True
c.GenericOAuthenticator.auth_state_groups_key = "oauth_user.groups"
c.GenericOAuthenticator.allowed_groups = {"scientists"}
c.GenericOAuthenticator.admin_groups = {"operators"}
c.GenericOAuthenticator.enable_auth_state = True
c.CryptKeeper.keys = ["00" * 32]
