//! Spanish.

use super::{Around, ErrorText, Faults};

const AGAIN: &str = "Vuelve a la aplicación e inténtalo de nuevo. \
                     Si se repite, muestra esta página a los desarrolladores de la aplicación.";

pub(in super::super) const FAULTS: Faults = Faults {
    developers: "Para los desarrolladores de la aplicación:",
    incomplete: ErrorText {
        title: "La solicitud de la aplicación está incompleta",
        what: "La aplicación que te envió aquí omitió algo. No has hecho nada mal.",
        action: AGAIN,
    },
    oversized: ErrorText {
        title: "La solicitud de la aplicación es demasiado larga",
        what: "La aplicación que te envió aquí mandó más de lo que este servidor acepta. No has hecho nada mal.",
        action: AGAIN,
    },
    unknown: ErrorText {
        title: "Esta aplicación no se conoce aquí",
        what: "El enlace que te trajo aquí nombra una aplicación que no está registrada en este servidor. \
               El error está en la aplicación o en el enlace, no es tuyo.",
        action: "Comprueba que el enlace esté completo, o vuelve a la aplicación. \
                 Si se repite, muestra esta página a los desarrolladores de la aplicación.",
    },
    locked: ErrorText {
        title: "Esta aplicación está bloqueada aquí",
        what: "Los responsables de este servidor no permiten por ahora que se inicie sesión en esta aplicación. \
               No has hecho nada mal.",
        action: "Pregunta a los responsables de la aplicación.",
    },
    return_address: ErrorText {
        title: "La dirección de retorno no está registrada",
        what: "La aplicación pidió enviarte a una dirección que no está registrada para ella. Para protegerte, \
               este servidor no va allí. El error es de la aplicación, no tuyo.",
        action: AGAIN,
    },
    missing: Around("El parámetro ", " falta o está vacío."),
    repeated: Around("El parámetro ", " se envió más de una vez. Envíalo una sola vez."),
    invalid: Around("El valor de ", " no se acepta aquí."),
    unreadable: Around(
        "Los parámetros no se pueden leer. Envía 64 como máximo, como application/x-www-form-urlencoded en UTF-8.",
        "",
    ),
    not_a_form: Around("El cuerpo no es un formulario. Envía Content-Type: application/x-www-form-urlencoded.", ""),
    too_long: Around("La solicitud con todos sus parámetros es más larga de lo que este servidor acepta.", ""),
    unknown_client: Around("El valor de ", " no es el identificador de un cliente registrado."),
    locked_client: Around(
        "El cliente que nombra ",
        " está bloqueado. El operador de este servidor puede desbloquearlo.",
    ),
    grant_not_allowed: Around("Este cliente no está registrado para la concesión de código de autorización.", ""),
    unregistered_redirect_uri: Around(
        "El valor de ",
        " no es ninguna de las URI de redirección registradas para este cliente. \
         Tiene que ser igual, carácter por carácter.",
    ),
    request_object: Around("El objeto de solicitud en ", " no es válido."),
    unknown_hint: Around("El valor de ", " no es un token de identidad emitido aquí."),
    other_client: Around("El valor de ", " no es el cliente para el que se emitió el token de identidad."),
    unnamed_client: Around("Sin ", " o id_token_hint este servidor no sigue ninguna post_logout_redirect_uri."),
    unregistered_logout_uri: Around("El valor de ", " no es ninguna de las direcciones registradas para este cliente."),
    other: Around("El registro de este servidor tiene el motivo bajo el identificador de la solicitud.", ""),
};
