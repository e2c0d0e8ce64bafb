//! English.

use super::{Around, ErrorText, Faults};

const AGAIN: &str =
    "Go back to the application and try again. If it happens again, show this page to the application’s developers.";

pub(in super::super) const FAULTS: Faults = Faults {
    developers: "For the application’s developers:",
    incomplete: ErrorText {
        title: "The application’s request is incomplete",
        what: "The application that sent you here left something out. You did nothing wrong.",
        action: AGAIN,
    },
    oversized: ErrorText {
        title: "The application’s request is too long",
        what: "The application that sent you here sent more than this server accepts. You did nothing wrong.",
        action: AGAIN,
    },
    unknown: ErrorText {
        title: "This application is not known here",
        what: "The link that led you here names an application that is not registered with this server. \
               The mistake is in the application or in the link, not yours.",
        action: "Check that the link is complete, or go back to the application. \
                 If it happens again, show this page to the application’s developers.",
    },
    locked: ErrorText {
        title: "This application is switched off here",
        what: "The people who run this server do not let this application sign anyone in at the moment. \
               You did nothing wrong.",
        action: "Ask the people who run the application.",
    },
    return_address: ErrorText {
        title: "The return address is not registered",
        what: "The application asked to send you on to an address that is not registered for it. To protect you, \
               this server does not go there. The mistake is the application’s, not yours.",
        action: AGAIN,
    },
    missing: Around("The parameter ", " is missing or empty."),
    repeated: Around("The parameter ", " was sent more than once. Send it once."),
    invalid: Around("The value of ", " is not accepted here."),
    unreadable: Around(
        "The parameters cannot be read. Send at most 64, as application/x-www-form-urlencoded text in UTF-8.",
        "",
    ),
    not_a_form: Around("The body is not a form. Send Content-Type: application/x-www-form-urlencoded.", ""),
    too_long: Around("The request with all its parameters is longer than this server accepts.", ""),
    unknown_client: Around("The value of ", " is not the identifier of a registered client."),
    locked_client: Around("The client that ", " names is locked. The operator of this server can unlock it."),
    grant_not_allowed: Around("This client is not registered for the authorization code grant.", ""),
    unregistered_redirect_uri: Around(
        "The value of ",
        " is not one of the redirect URIs registered for this client. It has to be the same, character by character.",
    ),
    request_object: Around("The request object in ", " is not valid."),
    unknown_hint: Around("The value of ", " is not an ID token that was issued here."),
    other_client: Around("The value of ", " is not the client that the ID token was issued to."),
    unnamed_client: Around("Without ", " or id_token_hint this server follows no post_logout_redirect_uri."),
    unregistered_logout_uri: Around("The value of ", " is not one of the addresses registered for this client."),
    other: Around("The log of this server has the reason under the request ID.", ""),
};
