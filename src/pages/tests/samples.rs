//! One of every page and of every state of it, with one value everywhere.

use crate::oauth::RequestFault;
use crate::pages::*;

pub(super) const HOSTILE: &str =
    "\"><svg onload=alert(1)>{{}}<!--</script>'`<img src=x onerror=alert(1)> javascript:alert(1)";

fn page(lang: Lang, value: &str) -> Page {
    Page {
        lang,
        instance: value.to_owned(),
        base: String::new(),
        path: "/login",
        query: vec![("flow".to_owned(), value.to_owned()), (value.to_owned(), "1".to_owned())],
        request_id: value.to_owned(),
    }
}

fn client(value: &str) -> ClientCard {
    let text = || Some(value.to_owned());
    ClientCard {
        name: value.to_owned(),
        host: text(),
        is_unverified: true,
        logo: text(),
        policy_uri: text(),
        tos_uri: text(),
    }
}

pub(super) fn login(lang: Lang, value: &str, error: Option<LoginError>, reason: Option<LoginReason>) -> LoginPage {
    LoginPage {
        page: page(lang, value),
        client: reason.is_none().then(|| client(value)),
        flow: Some(value.to_owned()),
        csrf: value.to_owned(),
        username: value.to_owned(),
        error,
        reason,
    }
}

pub(super) fn consent(lang: Lang, value: &str, scopes: &[&str]) -> ConsentPage {
    let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    ConsentPage {
        page: page(lang, value),
        client: client(value),
        username: value.to_owned(),
        flow: value.to_owned(),
        csrf: value.to_owned(),
        granted_scopes: scopes.clone(),
        new_scopes: scopes.clone(),
        more_claims: if scopes.is_empty() { vec![] } else { vec!["given_name".to_owned(), value.to_owned()] },
        scope_words: [(value.to_owned(), value.to_owned())].into_iter().filter(|_| lang == Lang::De).collect(),
        resource: Some(ResourceCard { name: Some(value.to_owned()), uri: value.to_owned() }),
        offline: true,
        lifetime_days: 30,
    }
}

pub(super) fn error(lang: Lang, value: &str, kind: ErrorKind) -> ErrorPage {
    let text = || Some(value.to_owned());
    ErrorPage {
        back: text(),
        application: Some(application(value)),
        retry: Some(format!("/login?flow={value}")),
        diagnosis: text(),
        ..ErrorPage::new(page(lang, value), kind)
    }
}

fn application(value: &str) -> Application {
    Application { name: value.to_owned(), address: Some(format!("https://photos.example/{value}")) }
}

pub(super) const LOGIN_ERRORS: [LoginError; 8] = [
    LoginError::Wrong,
    LoginError::MissingUsername,
    LoginError::MissingPassword,
    LoginError::TooLong,
    LoginError::Throttled { retry_after_seconds: 30 },
    LoginError::Busy { retry_after_seconds: 1 },
    LoginError::Expired,
    LoginError::NoCookie,
];

pub(super) const ERROR_KINDS: [ErrorKind; 10] = [
    ErrorKind::BadRequest(RequestFault::Other),
    ErrorKind::Expired,
    ErrorKind::Forbidden,
    ErrorKind::NotFound,
    ErrorKind::MethodNotAllowed,
    ErrorKind::TooLarge,
    ErrorKind::TimedOut,
    ErrorKind::TooMany { retry_after_seconds: 600 },
    ErrorKind::Unavailable { retry_after_seconds: 2 },
    ErrorKind::Internal,
];

pub(super) const FAULTS: [RequestFault; 16] = [
    RequestFault::Missing("response_type"),
    RequestFault::Repeated("client_id"),
    RequestFault::Invalid("max_age"),
    RequestFault::Unreadable,
    RequestFault::NotAForm,
    RequestFault::TooLong,
    RequestFault::UnknownClient,
    RequestFault::LockedClient,
    RequestFault::GrantNotAllowed,
    RequestFault::UnregisteredRedirectUri,
    RequestFault::RequestObject("request_uri"),
    RequestFault::UnknownHint,
    RequestFault::OtherClient,
    RequestFault::UnnamedClient,
    RequestFault::UnregisteredLogoutUri,
    RequestFault::Other,
];

pub(super) fn every_page(lang: Lang, value: &str) -> Vec<(String, String)> {
    let mut pages = vec![
        ("login".to_owned(), login(lang, value, None, None).render()),
        ("select account".to_owned(), select_account(lang, value).render()),
        ("logout".to_owned(), logout(lang, value).render()),
        ("logged out".to_owned(), logged_out(lang, value).render()),
        ("signed in".to_owned(), signed_in(lang, value).render()),
        ("form post".to_owned(), form_post(lang, value).render()),
        ("dev home".to_owned(), dev_home(lang, value).render()),
        ("dev client".to_owned(), dev_client(lang, value).render()),
    ];
    for reason in [LoginReason::AskedAgain, LoginReason::TooLongAgo, LoginReason::OtherAccount] {
        pages.push((format!("login {reason:?}"), login(lang, value, None, Some(reason)).render()));
    }
    for error in LOGIN_ERRORS {
        pages.push((format!("login {error:?}"), login(lang, value, Some(error), None).render()));
    }
    for scopes in
        [&[][..], &["openid", "profile", "email", "address", "phone", "offline_access", "roles", "groups", value]]
    {
        pages.push((format!("consent {scopes:?}"), consent(lang, value, scopes).render()));
    }
    for kind in ERROR_KINDS.into_iter().chain(FAULTS.map(ErrorKind::BadRequest)) {
        pages.push((format!("error {kind:?}"), error(lang, value, kind).render()));
    }
    pages
}

fn select_account(lang: Lang, value: &str) -> SelectAccountPage {
    let account = || Account { id: value.to_owned(), username: value.to_owned() };
    SelectAccountPage {
        page: page(lang, value),
        client: client(value),
        flow: value.to_owned(),
        csrf: value.to_owned(),
        accounts: vec![account(), account()],
    }
}

fn logout(lang: Lang, value: &str) -> LogoutPage {
    LogoutPage {
        page: page(lang, value),
        csrf: value.to_owned(),
        usernames: vec![value.to_owned(); 2],
        applications: vec![value.to_owned()],
        fault: Some(RequestFault::UnknownHint),
    }
}

fn logged_out(lang: Lang, value: &str) -> LoggedOutPage {
    LoggedOutPage {
        page: page(lang, value),
        applications: vec![value.to_owned()],
        frames: vec![value.to_owned(); 2],
        fault: Some(RequestFault::UnregisteredLogoutUri),
        back: Some((value.to_owned(), format!("https://photos.example/{value}"))),
        goes_on: true,
        again: Some(application(value)),
    }
}

fn signed_in(lang: Lang, value: &str) -> SignedInPage {
    SignedInPage {
        page: page(lang, value),
        csrf: value.to_owned(),
        usernames: vec![value.to_owned(); 2],
        applications: vec![application(value)],
    }
}

fn form_post(lang: Lang, value: &str) -> FormPostPage {
    let parameters = vec![("state", value.to_owned())];
    FormPostPage { page: page(lang, value), action: value.to_owned(), parameters }
}

fn dev_home(lang: Lang, value: &str) -> DevHomePage {
    let text = || value.to_owned();
    DevHomePage {
        page: page(lang, value),
        issuer: text(),
        username: text(),
        password: text(),
        clients: vec![DevClient { id: text(), kind: text(), secret: Some(text()), note: text() }],
        api: text(),
    }
}

fn dev_client(lang: Lang, value: &str) -> DevClientPage {
    let text = || value.to_owned();
    DevClientPage {
        page: page(lang, value),
        issuer: text(),
        client_id: text(),
        redirect_uri: text(),
        scope: text(),
        resource: text(),
        confidential: DevSecret { id: text(), secret: text() },
        terminal: DevSecret { id: text(), secret: text() },
        username: text(),
        password: text(),
        paste_verifier: text(),
    }
}
