//! The words for claims about a person (OpenID Connect Core §5.1).

/// What a claim about the person is called.
#[derive(Debug)]
pub struct Claims {
    /// `name`, and its parts.
    pub name: &'static str,
    /// `nickname`.
    pub nickname: &'static str,
    /// `preferred_username`.
    pub username: &'static str,
    /// `profile`.
    pub profile_page: &'static str,
    /// `picture`.
    pub picture: &'static str,
    /// `website`.
    pub website: &'static str,
    /// `gender`.
    pub gender: &'static str,
    /// `birthdate`.
    pub birthdate: &'static str,
    /// `zoneinfo`.
    pub zoneinfo: &'static str,
    /// `locale`.
    pub locale: &'static str,
    /// `updated_at`.
    pub updated_at: &'static str,
    /// `email` and `email_verified`.
    pub email: &'static str,
    /// `address`.
    pub address: &'static str,
    /// `phone_number` and `phone_number_verified`.
    pub phone: &'static str,
    /// `roles`.
    pub roles: &'static str,
    /// `groups`.
    pub groups: &'static str,
}

impl Claims {
    /// The words for a claim; `None` for one that only the operator knows.
    #[must_use]
    pub fn words(&self, claim: &str) -> Option<&'static str> {
        Some(match claim {
            "name" | "given_name" | "family_name" | "middle_name" => self.name,
            "nickname" => self.nickname,
            "preferred_username" => self.username,
            "profile" => self.profile_page,
            "picture" => self.picture,
            "website" => self.website,
            "gender" => self.gender,
            "birthdate" => self.birthdate,
            "zoneinfo" => self.zoneinfo,
            "locale" => self.locale,
            "updated_at" => self.updated_at,
            "email" | "email_verified" => self.email,
            "address" => self.address,
            "phone_number" | "phone_number_verified" => self.phone,
            "roles" => self.roles,
            "groups" => self.groups,
            _ => return None,
        })
    }
}
