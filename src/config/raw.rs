//! The configuration as it is typed: every key once, with its type, its default and its description.
//!
//! This table is the only place that knows them. The types that a file is read into, the environment variables, the
//! messages, the example file and the rows of the documentation all come from it.

use std::net::SocketAddr;

use serde::Deserialize;
use toml::Value;

use crate::keys::Algorithm;
use crate::oauth::pkce::PkceRule;
use crate::oauth::{Profile, UnknownScopes};

use super::choice::{EmailAddresses, ForwardedHeader, LogFormat, LogLevel, RegistrationMode, RsaBits};
use super::period::Period;
use super::setting::Setting;
use super::settings_table::{setting, settings};
use super::typed::{RawDatabaseUrl, RawScope, RawSecret, Typed};

/// The rows of one section.
pub(super) type Section = &'static [Setting];

settings! {
    /// The URL that clients know this server by, exactly as it stands in their configuration: https, without a slash
    /// at the end. A path is allowed. http is for localhost only. `serve` needs it.
    issuer: Option<String>, such as "https://login.example.com";
    /// The name of this server on its pages.
    name: String = "Countersign";
    /// How strictly the specifications are applied. With `strict`, whatever the settings of a client say: PKCE is required of
    /// every client, a client sends its secret by one method, claims about people are in an ID token where a request names
    /// them, and a scope that a client may not have is refused. `client set ID --profile strict` does that for one client.
    profile: Profile = "standard";
    /// The address and port to listen on.
    listen: SocketAddr = "127.0.0.1:8080";
    /// The proxies that requests come through, as addresses or ranges. What they write into `forwarded_header` tells
    /// the address of whoever sent a request; from anybody else it is ignored.
    trusted_proxies: Option<Vec<String>>, such as ["127.0.0.1", "10.0.0.0/8"];
    /// The one header that the trusted proxies write, or add to. Others are ignored: what a proxy does not write itself
    /// can come from anybody.
    forwarded_header: ForwardedHeader = "x-forwarded-for";
    /// The directory of everything that this server keeps on disk.
    data_dir: String = "data";
    /// Time in which the server goes on serving after SIGTERM, while `/health/ready` answers 503: the time in which load balancers
    /// stop sending requests. Connections are closed by the server as they are answered.
    shutdown_delay: Period = "0s";
    /// Time for requests in flight to finish after that.
    shutdown_timeout: Period = "30s";
    /// Threads that serve requests; 0 is one for each core.
    workers: u32 = 0;

    [connections] RawConnections {
        /// Connections of clients that may be open at the same time; further ones are answered 503. 0 is as many as the limit of
        /// open files leaves room for, and at most 20000.
        most: u32 = 0;
        /// The same from one address, or from one IPv6 network of 64 bits. The addresses of `trusted_proxies` and of this machine
        /// have no such limit.
        most_per_address: u32 = 100;
    }

    [database] RawDatabase {
        /// Where the database is: `sqlite://PATH`, where a relative path starts at the working directory, or a
        /// `PostgreSQL` connection URI, `postgres://USER:PASSWORD@HOST/DATABASE`, with libpq's parameters.
        /// Without it: `countersign.db` in `data_dir`.
        url: Option<RawDatabaseUrl>, such as "sqlite://data/countersign.db";
        /// Connections to `PostgreSQL` at the same time; 0 is four for each core.
        connections: u32 = 0;
    }

    [secrets] RawSecrets {
        /// The key that all other keys are derived from or sealed with: 32 random bytes, as printed by
        /// `openssl rand -base64 32`. Without it: the file `master.key` in `data_dir`, which is
        /// made at the first start.
        master_key: Option<RawSecret>, such as "(32 random bytes)";
        /// Older master keys, newest first. Keep one for as long as `tokens.refresh_ttl` after replacing it.
        master_key_previous: Option<Vec<RawSecret>>, such as ["(32 random bytes)"];
    }

    [tokens] RawTokens {
        /// How long an access token is valid; at most a day.
        access_ttl: Period = "5m";
        /// How long an authorization code can be redeemed; at most ten minutes.
        code_ttl: Period = "1m";
        /// How long a grant can be refreshed, from its beginning.
        refresh_ttl: Period = "30d";
        /// How long a refresh token can stay unused; at most `refresh_ttl`.
        refresh_idle_ttl: Period = "7d";
        /// How long after a refresh the previous refresh token still answers with the same successor, for clients whose
        /// response was lost; at most five minutes, and 0 turns it off.
        refresh_retry_window: Period = "1m";
        /// The same for public clients without sender-constrained tokens; at most `refresh_retry_window`.
        refresh_retry_window_public: Period = "20s";
        /// How long an ID token is valid.
        id_token_ttl: Period = "5m";
        /// How many live grants one person may have with one client, 1 to 10000; one more ends the one that was unused
        /// for longest.
        grants_per_client: u32 = 100;
    }

    [session] RawSession {
        /// How long a person stays signed in, from signing in.
        ttl: Period = "12h";
        /// How long a person stays signed in without doing anything; at most `ttl`.
        idle_ttl: Period = "2h";
    }

    [authorization] RawAuthorization {
        /// Which clients have to send a code challenge (PKCE): all but those that were added with `--pkce optional`, or only
        /// those without credentials. The latter is for the certification suite of the OpenID Foundation.
        pkce: PkceRule = "always";
        /// Treatment of scope values that a client asks for and may not have, or that the server does not know: they are
        /// left out, and the response says the scope that was granted, or the request is refused with `invalid_scope`.
        unknown_scopes: UnknownScopes = "ignore";
        /// APIs that count as registered, and that every client may ask for with `resource`, by pattern and separated by
        /// spaces: `*` stands for any port, or at the end of a path for whatever follows. Their tokens carry all of the scope.
        resource_patterns: Option<String>, such as "http://localhost:*/* https://mcp.example.com/*";
    }

    [registration] RawRegistration {
        /// Who may register clients at `/register` (RFC 7591): nobody, whoever has a token that
        /// `countersign registration-token add` printed, or anybody.
        mode: RegistrationMode = "off";
        /// All scopes that such clients may have, separated by spaces. Without it they are those that the metadata announces
        /// (`scopes_supported`): `openid`, `offline_access`, and every scope that opens claims about people.
        scope: Option<String>, such as "openid profile email offline_access";
        /// The registered APIs that their access tokens may be for, separated by spaces; the first is the default.
        resources: Option<String>, such as "https://api.example.com";
        /// Schemes without a dot that redirect URIs of such clients may have, separated by spaces: `cursor` allows
        /// `cursor://callback`. Any other program on a person's machine may claim such a scheme and receive the answer.
        private_schemes: Option<String>, such as "cursor vscode";
        /// How many clients may have registered themselves, 1 to 1000000. Further ones are refused until some are removed.
        most_clients: u32 = 10000;
    }

    [keys] RawKeys {
        /// What tokens are signed with. A new choice counts after `publish_ahead`.
        algorithm: Algorithm = "RS256";
        /// What clients may choose beside it for their ID tokens, logout tokens and `UserInfo`; there are keys for each. A
        /// new one can be chosen after `publish_ahead`. OpenID Connect wants RS256 to be among them.
        id_token_algorithms: Vec<Algorithm> = ["RS256"];
        /// The size of new RSA keys, in bits. Larger ones sign more slowly.
        rsa_bits: RsaBits = 2048;
        /// How long a key signs before the next one does; at least `publish_ahead`.
        rotation_interval: Period = "90d";
        /// How long a key is published before it signs: at least `jwks_max_age` and a minute, by when the slowest
        /// server has read it.
        publish_ahead: Period = "1d";
        /// How long others may cache the public keys.
        jwks_max_age: Period = "10m";
    }

    [claims] RawClaims {
        /// Scopes of your own that open claims about people, each written `SCOPE: CLAIM CLAIM`; the values are set with
        /// `countersign user set --claim`.
        scopes: Option<Vec<RawScope>>, such as ["department: department cost_center"];
    }

    [accounts] RawAccounts {
        /// Whether an email address belongs to one person, or people may share it. Applications often take people with
        /// one address for one person.
        email_addresses: EmailAddresses = "unique";
    }

    [passwords] RawPasswords {
        /// Passwords that are hashed at the same time; 0 is one for each core.
        hash_slots: u32 = 0;
        /// Passwords that may wait for that before others are answered 503.
        queue: u32 = 64;
        /// Memory for one Argon2id hash, in KiB; at least 19456.
        memory_kib: u32 = 19456;
        /// Passes of Argon2id; at least 2.
        iterations: u32 = 2;
    }

    [management] RawManagement {
        /// The address and port of a second listener, for `/metrics`, `/health/live` and `/health/ready` alone. It asks
        /// nobody who they are: keep it from the public. Without it there are no metrics.
        listen: Option<SocketAddr>, such as "127.0.0.1:9464";
    }

    [outbound] RawOutbound {
        /// Addresses or ranges that requests of this server may go to although they are not public, and by http as well: where
        /// applications of your own network register a `jwks_uri`, a `request_uri` or a logout URI. All other addresses
        /// that are not public are refused, whatever name leads to them.
        allowed_addresses: Option<Vec<String>>, such as ["10.1.2.0/24"];
        /// How long such a request may take as a whole; 1s to 30s.
        timeout: Period = "5s";
    }

    [log] RawLog {
        /// The least severe event that is logged.
        level: LogLevel = "info";
        /// How a line is written.
        format: LogFormat = "json";
    }

    [telemetry] RawTelemetry {
        /// Where traces go: the base URL of an OpenTelemetry collector that takes OTLP over HTTP. It needs a binary
        /// that was built with the feature `otel`. Without it there are no traces.
        otlp_endpoint: Option<String>, such as "http://127.0.0.1:4318";
    }
}
