//! German.

use super::{Around, ErrorText, Faults};

const AGAIN: &str = "Gehen Sie zurück zur Anwendung und versuchen Sie es erneut. \
                     Geschieht es wieder, zeigen Sie diese Seite den Entwicklern der Anwendung.";

pub(in super::super) const FAULTS: Faults = Faults {
    developers: "Für die Entwickler der Anwendung:",
    incomplete: ErrorText {
        title: "Die Anfrage der Anwendung ist unvollständig",
        what: "Die Anwendung, von der Sie kommen, hat etwas weggelassen. Sie haben nichts falsch gemacht.",
        action: AGAIN,
    },
    oversized: ErrorText {
        title: "Die Anfrage der Anwendung ist zu lang",
        what: "Die Anwendung, von der Sie kommen, hat mehr gesendet, als dieser Server annimmt. \
               Sie haben nichts falsch gemacht.",
        action: AGAIN,
    },
    unknown: ErrorText {
        title: "Diese Anwendung ist hier nicht bekannt",
        what: "Der Link hierher nennt eine Anwendung, die bei diesem Server nicht registriert ist. \
               Der Fehler liegt bei der Anwendung oder im Link, nicht bei Ihnen.",
        action: "Prüfen Sie, ob der Link vollständig ist, oder gehen Sie zurück zur Anwendung. \
                 Geschieht es wieder, zeigen Sie diese Seite den Entwicklern der Anwendung.",
    },
    locked: ErrorText {
        title: "Diese Anwendung ist hier gesperrt",
        what: "Die Betreiber dieses Servers erlauben dieser Anwendung zurzeit keine Anmeldungen. \
               Sie haben nichts falsch gemacht.",
        action: "Wenden Sie sich an die Betreiber der Anwendung.",
    },
    return_address: ErrorText {
        title: "Die Rücksprungadresse ist nicht registriert",
        what: "Die Anwendung wollte Sie an eine Adresse weiterleiten, die für sie nicht registriert ist. \
               Zu Ihrem Schutz geschieht das nicht. Der Fehler liegt bei der Anwendung, nicht bei Ihnen.",
        action: AGAIN,
    },
    missing: Around("Der Parameter ", " fehlt oder ist leer."),
    repeated: Around("Der Parameter ", " wurde mehrmals gesendet. Senden Sie ihn einmal."),
    invalid: Around("Der Wert von ", " wird hier nicht angenommen."),
    unreadable: Around(
        "Die Parameter sind nicht lesbar. Senden Sie höchstens 64, als application/x-www-form-urlencoded in UTF-8.",
        "",
    ),
    not_a_form: Around("Der Inhalt ist kein Formular. Senden Sie Content-Type: application/x-www-form-urlencoded.", ""),
    too_long: Around("Die Anfrage ist mit allen Parametern länger, als dieser Server annimmt.", ""),
    unknown_client: Around("Der Wert von ", " ist nicht die Kennung eines registrierten Clients."),
    locked_client: Around("Der Client in ", " ist gesperrt. Der Betreiber dieses Servers kann ihn freigeben."),
    grant_not_allowed: Around("Dieser Client ist nicht für den Authorization Code Grant registriert.", ""),
    unregistered_redirect_uri: Around(
        "Der Wert von ",
        " ist keine der Redirect-URIs, die für diesen Client registriert sind. Er muss Zeichen für Zeichen gleich sein.",
    ),
    request_object: Around("Das Request Object in ", " ist ungültig."),
    unknown_hint: Around("Der Wert von ", " ist kein ID-Token, das hier ausgestellt wurde."),
    other_client: Around("Der Wert von ", " ist nicht der Client, für den das ID-Token ausgestellt wurde."),
    unnamed_client: Around("Ohne ", " oder id_token_hint folgt dieser Server keiner post_logout_redirect_uri."),
    unregistered_logout_uri: Around(
        "Der Wert von ",
        " ist keine der Adressen, die für diesen Client registriert sind.",
    ),
    other: Around("Der Grund steht unter der Anfrage-ID im Log dieses Servers.", ""),
};
