//! French.

use super::{Around, ErrorText, Faults};

const AGAIN: &str = "Retournez à l’application et réessayez. \
                     Si cela se reproduit, montrez cette page aux développeurs de l’application.";

pub(in super::super) const FAULTS: Faults = Faults {
    developers: "Pour les développeurs de l’application :",
    incomplete: ErrorText {
        title: "La demande de l’application est incomplète",
        what: "L’application d’où vous venez a oublié quelque chose. Vous n’y êtes pour rien.",
        action: AGAIN,
    },
    oversized: ErrorText {
        title: "La demande de l’application est trop longue",
        what: "L’application d’où vous venez a envoyé plus que ce que ce serveur accepte. Vous n’y êtes pour rien.",
        action: AGAIN,
    },
    unknown: ErrorText {
        title: "Cette application n’est pas connue ici",
        what: "Le lien qui vous a mené ici désigne une application qui n’est pas enregistrée auprès de ce serveur. \
               L’erreur vient de l’application ou du lien, pas de vous.",
        action: "Vérifiez que le lien est complet, ou retournez à l’application. \
                 Si cela se reproduit, montrez cette page aux développeurs de l’application.",
    },
    locked: ErrorText {
        title: "Cette application est bloquée ici",
        what: "Les responsables de ce serveur n’autorisent pas cette application à connecter qui que ce soit pour le \
               moment. Vous n’y êtes pour rien.",
        action: "Adressez-vous aux responsables de l’application.",
    },
    return_address: ErrorText {
        title: "L’adresse de retour n’est pas enregistrée",
        what: "L’application voulait vous envoyer à une adresse qui n’est pas enregistrée pour elle. Pour vous protéger, \
               ce serveur n’y va pas. L’erreur vient de l’application, pas de vous.",
        action: AGAIN,
    },
    missing: Around("Le paramètre ", " est absent ou vide."),
    repeated: Around("Le paramètre ", " a été envoyé plusieurs fois. Envoyez-le une seule fois."),
    invalid: Around("La valeur de ", " n’est pas acceptée ici."),
    unreadable: Around(
        "Les paramètres sont illisibles. Envoyez-en 64 au plus, en application/x-www-form-urlencoded et en UTF-8.",
        "",
    ),
    not_a_form: Around(
        "Le corps n’est pas un formulaire. Envoyez Content-Type: application/x-www-form-urlencoded.",
        "",
    ),
    too_long: Around("La demande, avec tous ses paramètres, est plus longue que ce que ce serveur accepte.", ""),
    unknown_client: Around("La valeur de ", " n’est pas l’identifiant d’un client enregistré."),
    locked_client: Around("Le client désigné par ", " est bloqué. L’exploitant de ce serveur peut le débloquer."),
    grant_not_allowed: Around("Ce client n’est pas enregistré pour l’octroi par code d’autorisation.", ""),
    unregistered_redirect_uri: Around(
        "La valeur de ",
        " n’est aucune des URI de redirection enregistrées pour ce client. \
         Elle doit être identique, caractère pour caractère.",
    ),
    request_object: Around("L’objet de requête dans ", " n’est pas valide."),
    unknown_hint: Around("La valeur de ", " n’est pas un jeton d’identité émis ici."),
    other_client: Around("La valeur de ", " n’est pas le client pour lequel le jeton d’identité a été émis."),
    unnamed_client: Around("Sans ", " ni id_token_hint, ce serveur ne suit aucune post_logout_redirect_uri."),
    unregistered_logout_uri: Around("La valeur de ", " n’est aucune des adresses enregistrées pour ce client."),
    other: Around("Le journal de ce serveur contient la raison sous l’identifiant de la requête.", ""),
};
