//! English.

use super::faults::en::FAULTS;
use super::{Accounts, Around, Claims, Common, Consent, ErrorText, Errors, Login, Messages, Session};

pub(super) const MESSAGES: Messages =
    Messages { common: COMMON, login: LOGIN, accounts: ACCOUNTS, consent: CONSENT, errors: ERRORS, session: SESSION };

const COMMON: Common = Common {
    skip: "Skip to content",
    language: "Language",
    change_language: "Change",
    error: "Error",
    unverified: "This application registered itself. Nobody has checked who runs it.",
    policy: "Privacy policy",
    terms: "Terms of service",
    signed_in_as: Around("Signed in as ", ""),
    cancel: Around("Cancel and go back to ", ""),
    try_again_in,
};

const LOGIN: Login = Login {
    sign_in: "Sign in",
    continue_to: "to continue to",
    with_account: Around("with your ", " account"),
    username: "Username",
    password: "Password",
    show_password: "Show password",
    asked_again: "You are already signed in. The application asks you to confirm that it is you.",
    too_long_ago: "You signed in too long ago for this application, so it asks again.",
    other_account: "Sign in with the account you want to use.",
    wrong: "The username or the password is not right.",
    missing_username: "Enter your username.",
    missing_password: "Enter your password.",
    too_long: "What you entered is too long to be a username or a password.",
    throttled: "There were too many attempts to sign in.",
    busy: "Many people are signing in at this moment.",
    expired: "Your browser was restarted since this page was opened. Please sign in again.",
    no_cookie: "Your browser sent no cookie along: it was closed in the meantime, or it keeps no cookies. Please sign \
                in again. If this message returns, allow cookies for this site.",
};

const ACCOUNTS: Accounts = Accounts { choose: "Choose an account", another: "Use another account" };

const CONSENT: Consent = Consent {
    title: "Allow access",
    heading: Around("", " asks for access"),
    returns_to: Around("Your answer goes to ", ""),
    returns_to_app: "Your answer goes to an app on this device",
    switch: "Not you? Use another account",
    wants: "The application wants to",
    already: "Already allowed",
    more: "More about you",
    claims: CLAIMS,
    nothing: "The application asks for no particular permission.",
    openid: "Recognize you by the identifier of your account",
    profile: "See your name and your profile",
    email: "See your email address",
    address: "See your postal address",
    phone: "See your phone number",
    offline_access: "Keep its access while you are away",
    roles: "See which roles you have here",
    groups: "See which groups you belong to here",
    other: Around("Use the permission ", ""),
    resource: Around("It uses this access at ", "."),
    lasts_offline,
    lasts_session,
    allow: "Allow",
    deny: "Deny",
};

const CLAIMS: Claims = Claims {
    name: "Your name",
    nickname: "Your nickname",
    username: "Your username",
    profile_page: "Your profile page",
    picture: "Your picture",
    website: "Your website",
    gender: "Your gender",
    birthdate: "Your date of birth",
    zoneinfo: "Your time zone",
    locale: "Your language",
    updated_at: "When your details last changed",
    email: "Your email address",
    address: "Your postal address",
    phone: "Your phone number",
    roles: "Your roles here",
    groups: "Your groups here",
};

const ERRORS: Errors = Errors {
    request_id: "Request ID",
    back: "Back to the application",
    retry: "Try again",
    start: Around("Go to ", ""),
    diagnosis: "Diagnosis for developers",
    bad_request: ErrorText {
        title: "This request is not valid",
        what: "The application that sent you here made a mistake. You did nothing wrong.",
        action: "Go back to the application and try again. If it happens again, tell its developer the request ID.",
    },
    expired: ErrorText {
        title: "This page is out of date",
        what: "This sign-in is too old, or was already completed. That is a precaution, and nobody’s fault.",
        action: "Go back to the application and start again from there.",
    },
    forbidden: ErrorText {
        title: "This page cannot go on",
        what: "Its address or its form is incomplete, was changed on its way, or came from another site.",
        action: "Start again at the application, or go on from here.",
    },
    not_found: ErrorText {
        title: "There is no such page",
        what: "The address is mistyped, or the link that led here is wrong.",
        action: "Check the address, or go back to the application that you came from.",
    },
    method_not_allowed: ErrorText {
        title: "This page cannot be used that way",
        what: "The application that sent you here called this address in the wrong way. You did nothing wrong.",
        action: "Go back to the application and try again. If it happens again, tell its developer the request ID.",
    },
    too_large: ErrorText {
        title: "That was too much at once",
        what: "More was sent than this page accepts. Usually the application is at fault, not you.",
        action: "Go back and try again with less. If it happens again, tell the developer of the application.",
    },
    timed_out: ErrorText {
        title: "That took too long",
        what: "The connection broke off before everything had arrived. Nothing was changed.",
        action: "Go back and send it again.",
    },
    too_many: ErrorText {
        title: "Too many requests",
        what: "Many requests came from your network in a short time. They need not have been yours.",
        action: "Nothing is lost: wait a moment.",
    },
    unavailable: ErrorText {
        title: "Not available at the moment",
        what: "This server cannot answer right now. The fault is ours, not yours.",
        action: "Nothing is lost: wait a moment.",
    },
    internal: ErrorText {
        title: "Something went wrong here",
        what: "The fault is ours, not yours. It was recorded.",
        action: "Try again. If it happens again, tell the people who run this server the request ID.",
    },
    faults: FAULTS,
};

const SESSION: Session = Session {
    sign_out: "Sign out",
    question: "Sign out?",
    consequence: "Applications will ask you to sign in again.",
    stay: "Stay signed in",
    no_way_back: "The application’s request is not right, so this page does not lead back to the application. \
                  The mistake is the application’s, not yours.",
    signed_out: "You are signed out",
    afterwards: "If others use this computer too, close all windows of the browser.",
    applications: "You were also signed out of",
    in_use: "Applications that you signed in to",
    open_applications: "Your applications",
    continue_to: Around("Continue to ", ""),
    sign_in_again: "Sign in again",
    signed_in: "You are signed in",
    no_application: "No application is waiting for you. You can close this page.",
    to_application: "Back to the application",
    continue_by_hand: "If nothing happens, press the button.",
    continue_button: "Continue",
};

fn try_again_in(seconds: u64) -> String {
    match seconds {
        0..=1 => "Try again in a second.".to_owned(),
        2..=90 => format!("Try again in {seconds} seconds."),
        _ => format!("Try again in {} minutes.", seconds.div_ceil(60)),
    }
}

fn days(days: u64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn lasts_offline(n: u64) -> String {
    format!("The access lasts for up to {}, even after you sign out.", days(n))
}

fn lasts_session(n: u64) -> String {
    format!("The access ends when you sign out, at the latest after {}.", days(n))
}
