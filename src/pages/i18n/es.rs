//! Spanish.

use super::faults::es::FAULTS;
use super::{Accounts, Around, Claims, Common, Consent, ErrorText, Errors, Login, Messages, Session};

pub(super) const MESSAGES: Messages =
    Messages { common: COMMON, login: LOGIN, accounts: ACCOUNTS, consent: CONSENT, errors: ERRORS, session: SESSION };

const COMMON: Common = Common {
    skip: "Ir al contenido",
    language: "Idioma",
    change_language: "Cambiar",
    error: "Error",
    unverified: "Esta aplicación se registró por sí misma. Nadie ha comprobado quién la gestiona.",
    policy: "Política de privacidad",
    terms: "Condiciones del servicio",
    signed_in_as: Around("Sesión iniciada como ", ""),
    cancel: Around("Cancelar y volver a ", ""),
    try_again_in,
};

const LOGIN: Login = Login {
    sign_in: "Iniciar sesión",
    continue_to: "para continuar en",
    with_account: Around("con tu cuenta de ", ""),
    username: "Nombre de usuario",
    password: "Contraseña",
    show_password: "Mostrar la contraseña",
    asked_again: "Tu sesión ya está iniciada. La aplicación te pide que confirmes que eres tú.",
    too_long_ago: "Iniciaste sesión hace demasiado tiempo para esta aplicación.",
    other_account: "Inicia sesión con la cuenta que quieras usar.",
    wrong: "El nombre de usuario o la contraseña no es correcto.",
    missing_username: "Escribe tu nombre de usuario.",
    missing_password: "Escribe tu contraseña.",
    too_long: "Lo que has escrito es demasiado largo para un nombre de usuario o una contraseña.",
    throttled: "Ha habido demasiados intentos de iniciar sesión.",
    busy: "Muchas personas están iniciando sesión en este momento.",
    expired: "Tu navegador se reinició después de abrir esta página. Vuelve a iniciar sesión.",
    no_cookie: "Tu navegador no envió ninguna cookie: se cerró entretanto, o no guarda cookies. Vuelve a iniciar \
                sesión. Si este mensaje se repite, permite las cookies en este sitio.",
};

const ACCOUNTS: Accounts = Accounts { choose: "Elige una cuenta", another: "Usar otra cuenta" };

const CONSENT: Consent = Consent {
    title: "Permitir el acceso",
    heading: Around("", " solicita acceso"),
    returns_to: Around("Tu respuesta se enviará a ", ""),
    returns_to_app: "Tu respuesta se enviará a una aplicación de este dispositivo",
    switch: "¿No eres tú? Usar otra cuenta",
    wants: "La aplicación quiere",
    already: "Ya permitido",
    more: "Más sobre ti",
    claims: CLAIMS,
    nothing: "La aplicación no pide ningún permiso en particular.",
    openid: "reconocerte por el identificador de tu cuenta",
    profile: "ver tu nombre y tu perfil",
    email: "ver tu dirección de correo electrónico",
    address: "ver tu dirección postal",
    phone: "ver tu número de teléfono",
    offline_access: "conservar su acceso mientras no estés",
    roles: "ver qué roles tienes aquí",
    groups: "ver a qué grupos perteneces aquí",
    other: Around("usar el permiso ", ""),
    resource: Around("Usará este acceso en ", "."),
    lasts_offline,
    lasts_session,
    allow: "Permitir",
    deny: "Rechazar",
};

const CLAIMS: Claims = Claims {
    name: "tu nombre",
    nickname: "tu apodo",
    username: "tu nombre de usuario",
    profile_page: "tu página de perfil",
    picture: "tu imagen",
    website: "tu sitio web",
    gender: "tu género",
    birthdate: "tu fecha de nacimiento",
    zoneinfo: "tu zona horaria",
    locale: "tu idioma",
    updated_at: "cuándo cambiaron tus datos por última vez",
    email: "tu dirección de correo electrónico",
    address: "tu dirección postal",
    phone: "tu número de teléfono",
    roles: "tus roles aquí",
    groups: "tus grupos aquí",
};

const ERRORS: Errors = Errors {
    request_id: "Identificador de la solicitud",
    back: "Volver a la aplicación",
    retry: "Intentar de nuevo",
    start: Around("Ir a ", ""),
    diagnosis: "Diagnóstico para desarrolladores",
    bad_request: ErrorText {
        title: "Esta solicitud no es válida",
        what: "La aplicación que te envió aquí cometió un error. No has hecho nada mal.",
        action: "Vuelve a la aplicación e inténtalo de nuevo. \
                 Si se repite, indica a sus desarrolladores el identificador de la solicitud.",
    },
    expired: ErrorText {
        title: "Esta página ya no está vigente",
        what: "Este inicio de sesión es demasiado antiguo o ya se completó. Es una precaución, y no es culpa de nadie.",
        action: "Vuelve a la aplicación y empieza de nuevo desde allí.",
    },
    forbidden: ErrorText {
        title: "Esta página no puede continuar",
        what: "Su dirección o su formulario está incompleto, se modificó por el camino o vino de otro sitio.",
        action: "Empieza de nuevo en la aplicación, o continúa desde aquí.",
    },
    not_found: ErrorText {
        title: "Esta página no existe",
        what: "La dirección está mal escrita, o el enlace que lleva aquí es incorrecto.",
        action: "Comprueba la dirección, o vuelve a la aplicación de la que vienes.",
    },
    method_not_allowed: ErrorText {
        title: "Esta página no se puede usar así",
        what: "La aplicación que te envió aquí llamó a esta dirección de forma incorrecta. No has hecho nada mal.",
        action: "Vuelve a la aplicación e inténtalo de nuevo. \
                 Si se repite, indica a sus desarrolladores el identificador de la solicitud.",
    },
    too_large: ErrorText {
        title: "Fue demasiado de una vez",
        what: "Se envió más de lo que esta página acepta. Normalmente la culpa es de la aplicación, no tuya.",
        action: "Vuelve atrás e inténtalo con menos. Si se repite, avisa a los desarrolladores de la aplicación.",
    },
    timed_out: ErrorText {
        title: "Ha tardado demasiado",
        what: "La conexión se interrumpió antes de que llegara todo. No se ha cambiado nada.",
        action: "Vuelve atrás y envíalo otra vez.",
    },
    too_many: ErrorText {
        title: "Demasiadas solicitudes",
        what: "Han llegado muchas solicitudes desde tu red en poco tiempo. No tienen por qué ser tuyas.",
        action: "No se ha perdido nada: espera un momento.",
    },
    unavailable: ErrorText {
        title: "No disponible en este momento",
        what: "Este servidor no puede responder ahora mismo. La culpa es nuestra, no tuya.",
        action: "No se ha perdido nada: espera un momento.",
    },
    internal: ErrorText {
        title: "Algo ha fallado aquí",
        what: "La culpa es nuestra, no tuya. El fallo ha quedado registrado.",
        action: "Inténtalo de nuevo. \
                 Si se repite, indica a los responsables de este servidor el identificador de la solicitud.",
    },
    faults: FAULTS,
};

const SESSION: Session = Session {
    sign_out: "Cerrar sesión",
    question: "¿Cerrar sesión?",
    consequence: "Las aplicaciones te pedirán que vuelvas a iniciar sesión.",
    stay: "Seguir con la sesión iniciada",
    no_way_back: "La solicitud de la aplicación no es correcta; por eso esta página no lleva de vuelta a ella. \
                  El error es de la aplicación, no tuyo.",
    signed_out: "Has cerrado la sesión",
    afterwards: "Si otras personas usan este ordenador, cierra todas las ventanas del navegador.",
    applications: "También se ha cerrado tu sesión en",
    in_use: "Aplicaciones en las que has iniciado sesión",
    open_applications: "Tus aplicaciones",
    continue_to: Around("Continuar a ", ""),
    sign_in_again: "Volver a iniciar sesión",
    signed_in: "Has iniciado sesión",
    no_application: "Ninguna aplicación te está esperando. Puedes cerrar esta página.",
    to_application: "Volver a la aplicación",
    continue_by_hand: "Si no ocurre nada, pulse el botón.",
    continue_button: "Continuar",
};

fn try_again_in(seconds: u64) -> String {
    match seconds {
        0..=1 => "Inténtalo de nuevo en un segundo.".to_owned(),
        2..=90 => format!("Inténtalo de nuevo en {seconds} segundos."),
        _ => format!("Inténtalo de nuevo en {} minutos.", seconds.div_ceil(60)),
    }
}

fn days(days: u64) -> String {
    if days == 1 { "1 día".to_owned() } else { format!("{days} días") }
}

fn lasts_offline(n: u64) -> String {
    format!("El acceso dura como máximo {}, incluso después de cerrar la sesión.", days(n))
}

fn lasts_session(n: u64) -> String {
    format!("El acceso termina cuando cierras la sesión, como muy tarde después de {}.", days(n))
}
