//! The tables, as Diesel sees them.

diesel::table! {
    master_keys (number) {
        number -> Integer,
        check_value -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    heartbeat (id) {
        id -> Integer,
        beat_at -> BigInt,
        outage_began_at -> Nullable<BigInt>,
        outage_ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        algorithm -> Text,
        state -> Text,
        public_jwk -> Text,
        sealed -> Binary,
        created_at -> BigInt,
        activated_at -> Nullable<BigInt>,
        retired_at -> Nullable<BigInt>,
        token_ttl -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    clients (id) {
        id -> Text,
        name -> Text,
        auth_method -> Text,
        secret_hash -> Nullable<Binary>,
        redirect_uris -> Text,
        grant_types -> Text,
        scope -> Text,
        resources -> Text,
        first_party -> Bool,
        disabled_at -> Nullable<BigInt>,
        created_at -> BigInt,
        serves -> Text,
        previous_secret_hash -> Nullable<Binary>,
        previous_secret_until -> Nullable<BigInt>,
        tokens_since -> BigInt,
        metadata -> Text,
        registration_token -> Nullable<Binary>,
        settings -> Text,
    }
}

diesel::table! {
    client_totals (id) {
        id -> Integer,
        self_registered -> BigInt,
        with_password -> BigInt,
        operator_changes -> BigInt,
    }
}

diesel::table! {
    client_origins (origin, client_id) {
        origin -> Text,
        client_id -> Text,
    }
}

diesel::table! {
    client_origins_due (client_id) {
        client_id -> Text,
    }
}

diesel::table! {
    resources (uri) {
        uri -> Text,
        name -> Text,
        scope -> Text,
        created_at -> BigInt,
        scope_words -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Binary,
        username -> Text,
        username_key -> Text,
        email -> Nullable<Text>,
        password_hash -> Text,
        disabled_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        claims -> Text,
        subject_seed -> Binary,
        email_key -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Binary,
        sid -> Binary,
        user_id -> Binary,
        auth_time -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    session_clients (sid, client_id) {
        sid -> Binary,
        client_id -> Text,
    }
}

diesel::table! {
    logout_deliveries (id) {
        id -> Binary,
        client_id -> Text,
        sub -> Text,
        sid -> Binary,
        due_at -> BigInt,
        attempts -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    consents (user_id, client_id) {
        user_id -> Binary,
        client_id -> Text,
        scope -> Text,
        granted_at -> BigInt,
    }
}

diesel::table! {
    given_consents (user_id, client_id, resource, redirect_host) {
        user_id -> Binary,
        client_id -> Text,
        resource -> Text,
        redirect_host -> Text,
        client_name -> Text,
        scope -> Text,
        granted_at -> BigInt,
    }
}

diesel::table! {
    decisions (flow_id) {
        flow_id -> Binary,
        grant_id -> Nullable<Binary>,
        decided_at -> BigInt,
    }
}

diesel::table! {
    grants (id) {
        id -> Binary,
        user_id -> Binary,
        client_id -> Text,
        sid -> Nullable<Binary>,
        scope -> Text,
        resource -> Nullable<Text>,
        redirect_uri -> Nullable<Text>,
        nonce -> Nullable<Text>,
        code_challenge -> Nullable<Text>,
        auth_time -> BigInt,
        amr -> Text,
        handle_key -> Integer,
        seed -> Binary,
        generation -> BigInt,
        rotated_at -> BigInt,
        repeated_generation -> BigInt,
        repeats -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        revoked_reason -> Nullable<Text>,
        claims -> Nullable<Text>,
    }
}

diesel::table! {
    admin_events (id) {
        id -> Binary,
        at -> BigInt,
        event -> Text,
        detail -> Text,
        operator -> Nullable<Text>,
    }
}

diesel::table! {
    initial_access_tokens (id) {
        id -> Binary,
        hash -> Binary,
        name -> Text,
        uses_left -> Nullable<Integer>,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    revoked_tokens (jti) {
        jti -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    assertion_ids (id) {
        id -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    roles (name) {
        name -> Text,
        permissions -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    turns (work) {
        work -> Text,
        taken_at -> BigInt,
    }
}

diesel::table! {
    user_roles (user_id, role) {
        user_id -> Binary,
        role -> Text,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(given_consents -> users (user_id));
diesel::joinable!(grants -> users (user_id));
diesel::joinable!(grants -> clients (client_id));
diesel::joinable!(grants -> resources (resource));
diesel::joinable!(user_roles -> roles (role));
diesel::joinable!(logout_deliveries -> clients (client_id));
diesel::joinable!(client_origins -> clients (client_id));
diesel::allow_tables_to_appear_in_same_query!(grants, users, clients, sessions, given_consents, resources);
diesel::allow_tables_to_appear_in_same_query!(user_roles, roles);
diesel::allow_tables_to_appear_in_same_query!(logout_deliveries, clients);
diesel::allow_tables_to_appear_in_same_query!(client_origins, clients);
