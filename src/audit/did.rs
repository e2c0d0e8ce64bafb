//! The list of what commands do.

/// What a command did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// `client add`.
    ClientAdded,
    /// `client set`.
    ClientChanged,
    /// `client lock`.
    ClientLocked,
    /// `client remove`.
    ClientRemoved,
    /// `client rotate-secret --end-previous`.
    ClientSecretEnded,
    /// `client rotate-secret`.
    ClientSecretRotated,
    /// `client unlock`.
    ClientUnlocked,
    /// `consent revoke`, and `grant revoke --with-consent`.
    ConsentWithdrawn,
    /// `grant revoke` of one.
    GrantRevoked,
    /// `grant revoke` of many, and what `client lock` ends: one for each page.
    GrantsRevoked,
    /// `key retire`.
    KeyRetiredByHand,
    /// `key rotate`.
    KeyRotatedByHand,
    /// `registration-token add`.
    RegistrationTokenAdded,
    /// `registration-token remove`.
    RegistrationTokenRemoved,
    /// `resource add`.
    ResourceAdded,
    /// `resource set`.
    ResourceChanged,
    /// `resource remove`.
    ResourceRemoved,
    /// `role add`.
    RoleAdded,
    /// `role set`.
    RoleChanged,
    /// `role remove`.
    RoleRemoved,
    /// `user add`.
    UserAdded,
    /// `user set`.
    UserChanged,
    /// `user lock`.
    UserLocked,
    /// `user set-password`.
    UserPasswordSet,
    /// `user remove`.
    UserRemoved,
    /// `user sign-out`.
    UserSignedOut,
    /// `user unlock`.
    UserUnlocked,
}

impl Did {
    /// As it stands in the log.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::ClientAdded => "client_added",
            Self::ClientChanged => "client_changed",
            Self::ClientLocked => "client_locked",
            Self::ClientRemoved => "client_removed",
            Self::ClientSecretEnded => "client_secret_ended",
            Self::ClientSecretRotated => "client_secret_rotated",
            Self::ClientUnlocked => "client_unlocked",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::GrantRevoked => "grant_revoked",
            Self::GrantsRevoked => "grants_revoked",
            Self::KeyRetiredByHand => "key_retired_by_hand",
            Self::KeyRotatedByHand => "key_rotated_by_hand",
            Self::RegistrationTokenAdded => "registration_token_added",
            Self::RegistrationTokenRemoved => "registration_token_removed",
            Self::ResourceAdded => "resource_added",
            Self::ResourceChanged => "resource_changed",
            Self::ResourceRemoved => "resource_removed",
            Self::RoleAdded => "role_added",
            Self::RoleChanged => "role_changed",
            Self::RoleRemoved => "role_removed",
            Self::UserAdded => "user_added",
            Self::UserChanged => "user_changed",
            Self::UserLocked => "user_locked",
            Self::UserPasswordSet => "user_password_set",
            Self::UserRemoved => "user_removed",
            Self::UserSignedOut => "user_signed_out",
            Self::UserUnlocked => "user_unlocked",
        }
    }
}
