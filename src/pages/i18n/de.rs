//! German.

use super::faults::de::FAULTS;
use super::{Accounts, Around, Claims, Common, Consent, ErrorText, Errors, Login, Messages, Session};

pub(super) const MESSAGES: Messages =
    Messages { common: COMMON, login: LOGIN, accounts: ACCOUNTS, consent: CONSENT, errors: ERRORS, session: SESSION };

const COMMON: Common = Common {
    skip: "Zum Inhalt springen",
    language: "Sprache",
    change_language: "Ändern",
    error: "Fehler",
    unverified: "Diese Anwendung hat sich selbst registriert. Niemand hat geprüft, wer sie betreibt.",
    policy: "Datenschutz",
    terms: "Nutzungsbedingungen",
    signed_in_as: Around("Angemeldet als ", ""),
    cancel: Around("Abbrechen und zurück zu ", ""),
    try_again_in,
};

const LOGIN: Login = Login {
    sign_in: "Anmelden",
    continue_to: "und weiter zu",
    with_account: Around("mit Ihrem Konto bei ", ""),
    username: "Benutzername",
    password: "Passwort",
    show_password: "Passwort anzeigen",
    asked_again: "Sie sind bereits angemeldet. Die Anwendung bittet Sie um eine erneute Bestätigung.",
    too_long_ago: "Ihre letzte Anmeldung liegt für diese Anwendung zu lange zurück.",
    other_account: "Melden Sie sich mit dem Konto an, das Sie verwenden möchten.",
    wrong: "Der Benutzername oder das Passwort stimmt nicht.",
    missing_username: "Geben Sie Ihren Benutzernamen ein.",
    missing_password: "Geben Sie Ihr Passwort ein.",
    too_long: "Ihre Eingabe ist zu lang für einen Benutzernamen oder ein Passwort.",
    throttled: "Es gab zu viele Anmeldeversuche.",
    busy: "Im Moment melden sich sehr viele Personen an.",
    expired: "Ihr Browser wurde neu gestartet, seit diese Seite geöffnet wurde. Bitte melden Sie sich noch einmal an.",
    no_cookie: "Ihr Browser hat kein Cookie mitgeschickt: Er wurde inzwischen geschlossen, oder er speichert keine \
                Cookies. Bitte melden Sie sich noch einmal an. Erscheint diese Meldung wieder, erlauben Sie Cookies \
                für diese Seite.",
};

const ACCOUNTS: Accounts = Accounts { choose: "Konto auswählen", another: "Anderes Konto verwenden" };

const CONSENT: Consent = Consent {
    title: "Zugriff erlauben",
    heading: Around("", " bittet um Zugriff"),
    returns_to: Around("Ihre Antwort geht an ", ""),
    returns_to_app: "Ihre Antwort geht an eine App auf diesem Gerät",
    switch: "Nicht Sie? Anderes Konto verwenden",
    wants: "Die Anwendung möchte",
    already: "Bereits erlaubt",
    more: "Mehr über Sie",
    claims: CLAIMS,
    nothing: "Die Anwendung bittet um keine bestimmte Berechtigung.",
    openid: "Sie anhand der Kennung Ihres Kontos wiedererkennen",
    profile: "Ihren Namen und Ihr Profil sehen",
    email: "Ihre E-Mail-Adresse sehen",
    address: "Ihre Postanschrift sehen",
    phone: "Ihre Telefonnummer sehen",
    offline_access: "den Zugriff behalten, während Sie abwesend sind",
    roles: "sehen, welche Rollen Sie hier haben",
    groups: "sehen, zu welchen Gruppen Sie hier gehören",
    other: Around("die Berechtigung ", " nutzen"),
    resource: Around("Sie nutzt diesen Zugriff bei ", "."),
    lasts_offline,
    lasts_session,
    allow: "Erlauben",
    deny: "Ablehnen",
};

const CLAIMS: Claims = Claims {
    name: "Ihr Name",
    nickname: "Ihr Spitzname",
    username: "Ihr Benutzername",
    profile_page: "Ihre Profilseite",
    picture: "Ihr Bild",
    website: "Ihre Website",
    gender: "Ihr Geschlecht",
    birthdate: "Ihr Geburtsdatum",
    zoneinfo: "Ihre Zeitzone",
    locale: "Ihre Sprache",
    updated_at: "wann sich Ihre Angaben zuletzt geändert haben",
    email: "Ihre E-Mail-Adresse",
    address: "Ihre Postanschrift",
    phone: "Ihre Telefonnummer",
    roles: "Ihre Rollen hier",
    groups: "Ihre Gruppen hier",
};

const ERRORS: Errors = Errors {
    request_id: "Anfrage-ID",
    back: "Zurück zur Anwendung",
    retry: "Erneut versuchen",
    start: Around("Zu ", ""),
    diagnosis: "Diagnose für Entwickler",
    bad_request: ErrorText {
        title: "Diese Anfrage ist ungültig",
        what: "Die Anwendung, von der Sie kommen, hat einen Fehler gemacht. Sie haben nichts falsch gemacht.",
        action: "Gehen Sie zurück zur Anwendung und versuchen Sie es erneut. \
                 Geschieht es wieder, nennen Sie ihren Entwicklern die Anfrage-ID.",
    },
    expired: ErrorText {
        title: "Diese Seite ist nicht mehr aktuell",
        what: "Diese Anmeldung ist zu alt oder bereits abgeschlossen. Das ist eine Vorsichtsmaßnahme und niemandes Fehler.",
        action: "Gehen Sie zurück zur Anwendung und beginnen Sie dort neu.",
    },
    forbidden: ErrorText {
        title: "Hier geht es so nicht weiter",
        what: "Die Adresse oder das Formular ist unvollständig, wurde unterwegs verändert oder kam von einer anderen \
               Website.",
        action: "Beginnen Sie in der Anwendung neu, oder machen Sie hier weiter.",
    },
    not_found: ErrorText {
        title: "Diese Seite gibt es nicht",
        what: "Die Adresse enthält einen Tippfehler, oder der Link hierher ist falsch.",
        action: "Prüfen Sie die Adresse, oder gehen Sie zurück zur Anwendung, von der Sie kommen.",
    },
    method_not_allowed: ErrorText {
        title: "So lässt sich diese Seite nicht verwenden",
        what: "Die Anwendung, von der Sie kommen, hat diese Adresse falsch aufgerufen. Sie haben nichts falsch gemacht.",
        action: "Gehen Sie zurück zur Anwendung und versuchen Sie es erneut. \
                 Geschieht es wieder, nennen Sie ihren Entwicklern die Anfrage-ID.",
    },
    too_large: ErrorText {
        title: "Das war zu viel auf einmal",
        what: "Es wurde mehr gesendet, als diese Seite annimmt. Meist liegt das an der Anwendung, nicht an Ihnen.",
        action: "Gehen Sie zurück und versuchen Sie es mit weniger. \
                 Geschieht es wieder, informieren Sie die Entwickler der Anwendung.",
    },
    timed_out: ErrorText {
        title: "Das hat zu lange gedauert",
        what: "Die Verbindung stockte, bevor alles angekommen war. Es wurde nichts geändert.",
        action: "Gehen Sie zurück und senden Sie es noch einmal.",
    },
    too_many: ErrorText {
        title: "Zu viele Anfragen",
        what: "Aus Ihrem Netz kamen in kurzer Zeit viele Anfragen. Sie müssen nicht von Ihnen stammen.",
        action: "Es ist nichts verloren: Warten Sie einen Moment.",
    },
    unavailable: ErrorText {
        title: "Im Moment nicht verfügbar",
        what: "Dieser Server kann gerade nicht antworten. Der Fehler liegt bei uns, nicht bei Ihnen.",
        action: "Es ist nichts verloren: Warten Sie einen Moment.",
    },
    internal: ErrorText {
        title: "Hier ist etwas schiefgegangen",
        what: "Der Fehler liegt bei uns, nicht bei Ihnen. Er wurde aufgezeichnet.",
        action: "Versuchen Sie es erneut. Geschieht es wieder, nennen Sie den Betreibern dieses Servers die Anfrage-ID.",
    },
    faults: FAULTS,
};

const SESSION: Session = Session {
    sign_out: "Abmelden",
    question: "Abmelden?",
    consequence: "Anwendungen werden Sie bitten, sich erneut anzumelden.",
    stay: "Angemeldet bleiben",
    no_way_back: "Die Anfrage der Anwendung ist fehlerhaft, deshalb führt diese Seite nicht zu ihr zurück. \
                  Der Fehler liegt bei der Anwendung, nicht bei Ihnen.",
    signed_out: "Sie sind abgemeldet",
    afterwards: "Wenn auch andere diesen Computer benutzen, schließen Sie alle Fenster des Browsers.",
    applications: "Abgemeldet wurden Sie auch bei",
    in_use: "Anwendungen, bei denen Sie angemeldet sind",
    open_applications: "Ihre Anwendungen",
    continue_to: Around("Weiter zu ", ""),
    sign_in_again: "Erneut anmelden",
    signed_in: "Sie sind angemeldet",
    no_application: "Es wartet keine Anwendung auf Sie. Sie können diese Seite schließen.",
    to_application: "Zurück zur Anwendung",
    continue_by_hand: "Falls nichts passiert, drücken Sie die Schaltfläche.",
    continue_button: "Weiter",
};

fn try_again_in(seconds: u64) -> String {
    match seconds {
        0..=1 => "Versuchen Sie es in einer Sekunde erneut.".to_owned(),
        2..=90 => format!("Versuchen Sie es in {seconds} Sekunden erneut."),
        _ => format!("Versuchen Sie es in {} Minuten erneut.", seconds.div_ceil(60)),
    }
}

fn days(days: u64) -> String {
    if days == 1 { "1 Tag".to_owned() } else { format!("{days} Tage") }
}

fn lasts_offline(n: u64) -> String {
    format!("Der Zugriff gilt für höchstens {}, auch nachdem Sie sich abgemeldet haben.", days(n))
}

fn lasts_session(n: u64) -> String {
    let dative = if n == 1 { "1 Tag".to_owned() } else { format!("{n} Tagen") };
    format!("Der Zugriff endet, wenn Sie sich abmelden, spätestens nach {dative}.")
}
