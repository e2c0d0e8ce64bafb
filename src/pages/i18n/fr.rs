//! French.

use super::faults::fr::FAULTS;
use super::{Accounts, Around, Claims, Common, Consent, ErrorText, Errors, Login, Messages, Session};

pub(super) const MESSAGES: Messages =
    Messages { common: COMMON, login: LOGIN, accounts: ACCOUNTS, consent: CONSENT, errors: ERRORS, session: SESSION };

const COMMON: Common = Common {
    skip: "Aller au contenu",
    language: "Langue",
    change_language: "Changer",
    error: "Erreur",
    unverified: "Cette application s’est enregistrée elle-même. Personne n’a vérifié qui l’exploite.",
    policy: "Confidentialité",
    terms: "Conditions d’utilisation",
    signed_in_as: Around("Session ouverte : ", ""),
    cancel: Around("Annuler et revenir à ", ""),
    try_again_in,
};

const LOGIN: Login = Login {
    sign_in: "Se connecter",
    continue_to: "pour continuer vers",
    with_account: Around("avec votre compte ", ""),
    username: "Nom d’utilisateur",
    password: "Mot de passe",
    show_password: "Afficher le mot de passe",
    asked_again: "Votre session est déjà ouverte. L’application vous demande de confirmer que c’est bien vous.",
    too_long_ago: "Votre dernière connexion est trop ancienne pour cette application.",
    other_account: "Connectez-vous avec le compte que vous souhaitez utiliser.",
    wrong: "Le nom d’utilisateur ou le mot de passe est incorrect.",
    missing_username: "Saisissez votre nom d’utilisateur.",
    missing_password: "Saisissez votre mot de passe.",
    too_long: "Votre saisie est trop longue pour un nom d’utilisateur ou un mot de passe.",
    throttled: "Il y a eu trop de tentatives de connexion.",
    busy: "Beaucoup de personnes se connectent en ce moment.",
    expired: "Votre navigateur a été redémarré depuis l’ouverture de cette page. Veuillez vous reconnecter.",
    no_cookie: "Votre navigateur n’a envoyé aucun cookie : il a été fermé entre-temps, ou il n’enregistre pas les \
                cookies. Veuillez vous reconnecter. Si ce message revient, autorisez les cookies pour ce site.",
};

const ACCOUNTS: Accounts = Accounts { choose: "Choisir un compte", another: "Utiliser un autre compte" };

const CONSENT: Consent = Consent {
    title: "Autoriser l’accès",
    heading: Around("", " demande un accès"),
    returns_to: Around("Votre réponse sera envoyée à ", ""),
    returns_to_app: "Votre réponse sera envoyée à une application de cet appareil",
    switch: "Ce n’est pas vous ? Utiliser un autre compte",
    wants: "L’application souhaite",
    already: "Déjà autorisé",
    more: "Plus d’informations sur vous",
    claims: CLAIMS,
    nothing: "L’application ne demande aucune autorisation particulière.",
    openid: "vous reconnaître grâce à l’identifiant de votre compte",
    profile: "voir votre nom et votre profil",
    email: "voir votre adresse e-mail",
    address: "voir votre adresse postale",
    phone: "voir votre numéro de téléphone",
    offline_access: "conserver son accès en votre absence",
    roles: "voir les rôles que vous avez ici",
    groups: "voir les groupes dont vous faites partie ici",
    other: Around("utiliser l’autorisation ", ""),
    resource: Around("Elle utilisera cet accès auprès de ", "."),
    lasts_offline,
    lasts_session,
    allow: "Autoriser",
    deny: "Refuser",
};

const CLAIMS: Claims = Claims {
    name: "votre nom",
    nickname: "votre surnom",
    username: "votre nom d’utilisateur",
    profile_page: "votre page de profil",
    picture: "votre photo",
    website: "votre site web",
    gender: "votre genre",
    birthdate: "votre date de naissance",
    zoneinfo: "votre fuseau horaire",
    locale: "votre langue",
    updated_at: "la date de dernière modification de vos informations",
    email: "votre adresse e-mail",
    address: "votre adresse postale",
    phone: "votre numéro de téléphone",
    roles: "vos rôles ici",
    groups: "vos groupes ici",
};

const ERRORS: Errors = Errors {
    request_id: "Identifiant de la requête",
    back: "Retour à l’application",
    retry: "Réessayer",
    start: Around("Aller à ", ""),
    diagnosis: "Diagnostic pour les développeurs",
    bad_request: ErrorText {
        title: "Cette demande n’est pas valide",
        what: "L’application d’où vous venez a commis une erreur. Vous n’y êtes pour rien.",
        action: "Retournez à l’application et réessayez. \
                 Si cela se reproduit, indiquez à ses développeurs l’identifiant de la requête.",
    },
    expired: ErrorText {
        title: "Cette page n’est plus à jour",
        what: "Cette connexion est trop ancienne, ou déjà terminée. C’est une précaution, et la faute de personne.",
        action: "Retournez à l’application et recommencez à partir de là.",
    },
    forbidden: ErrorText {
        title: "Cette page ne peut pas continuer",
        what: "Son adresse ou son formulaire est incomplet, a été modifié en chemin ou vient d’un autre site.",
        action: "Recommencez dans l’application, ou continuez à partir d’ici.",
    },
    not_found: ErrorText {
        title: "Cette page n’existe pas",
        what: "L’adresse contient une erreur, ou le lien qui mène ici est faux.",
        action: "Vérifiez l’adresse, ou retournez à l’application d’où vous venez.",
    },
    method_not_allowed: ErrorText {
        title: "Cette page ne s’utilise pas ainsi",
        what: "L’application d’où vous venez a mal appelé cette adresse. Vous n’y êtes pour rien.",
        action: "Retournez à l’application et réessayez. \
                 Si cela se reproduit, indiquez à ses développeurs l’identifiant de la requête.",
    },
    too_large: ErrorText {
        title: "C’était trop à la fois",
        what: "L’envoi dépasse ce que cette page accepte. La faute en revient le plus souvent à l’application, pas à vous.",
        action: "Revenez en arrière et réessayez avec moins. \
                 Si cela se reproduit, prévenez les développeurs de l’application.",
    },
    timed_out: ErrorText {
        title: "Cela a pris trop de temps",
        what: "La connexion s’est interrompue avant que tout soit arrivé. Rien n’a été modifié.",
        action: "Revenez en arrière et renvoyez le formulaire.",
    },
    too_many: ErrorText {
        title: "Trop de requêtes",
        what: "Beaucoup de requêtes sont venues de votre réseau en peu de temps. Ce ne sont pas forcément les vôtres.",
        action: "Rien n’est perdu : patientez un instant.",
    },
    unavailable: ErrorText {
        title: "Indisponible pour le moment",
        what: "Ce serveur ne peut pas répondre actuellement. La faute est la nôtre, pas la vôtre.",
        action: "Rien n’est perdu : patientez un instant.",
    },
    internal: ErrorText {
        title: "Un problème est survenu ici",
        what: "La faute est la nôtre, pas la vôtre. Le problème a été enregistré.",
        action: "Réessayez. Si cela se reproduit, indiquez aux responsables de ce serveur l’identifiant de la requête.",
    },
    faults: FAULTS,
};

const SESSION: Session = Session {
    sign_out: "Se déconnecter",
    question: "Se déconnecter ?",
    consequence: "Les applications vous demanderont de vous reconnecter.",
    stay: "Rester connecté",
    no_way_back: "La requête de l’application n’est pas correcte ; cette page ne ramène donc pas vers elle. \
                  L’erreur vient de l’application, pas de vous.",
    signed_out: "Votre session est fermée",
    afterwards: "Si d’autres personnes utilisent cet ordinateur, fermez toutes les fenêtres du navigateur.",
    applications: "Vos sessions ont aussi été fermées dans",
    in_use: "Applications que vous utilisez",
    open_applications: "Vos applications",
    continue_to: Around("Continuer vers ", ""),
    sign_in_again: "Se reconnecter",
    signed_in: "Votre session est ouverte",
    no_application: "Aucune application ne vous attend. Vous pouvez fermer cette page.",
    to_application: "Retour à l’application",
    continue_by_hand: "Si rien ne se passe, appuyez sur le bouton.",
    continue_button: "Continuer",
};

fn try_again_in(seconds: u64) -> String {
    match seconds {
        0..=1 => "Réessayez dans une seconde.".to_owned(),
        2..=90 => format!("Réessayez dans {seconds} secondes."),
        _ => format!("Réessayez dans {} minutes.", seconds.div_ceil(60)),
    }
}

fn days(days: u64) -> String {
    if days < 2 { format!("{days} jour") } else { format!("{days} jours") }
}

fn lasts_offline(n: u64) -> String {
    format!("L’accès dure au plus {}, même après votre déconnexion.", days(n))
}

fn lasts_session(n: u64) -> String {
    format!("L’accès prend fin à votre déconnexion, au plus tard après {}.", days(n))
}
