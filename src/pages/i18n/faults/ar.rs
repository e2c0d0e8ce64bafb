//! Arabic.

use super::{Around, ErrorText, Faults};

const AGAIN: &str = "عُد إلى التطبيق وحاول مرة أخرى. إذا تكرر ذلك فأظهر هذه الصفحة لمطوّري التطبيق.";

pub(in super::super) const FAULTS: Faults = Faults {
    developers: "لمطوّري التطبيق:",
    incomplete: ErrorText {
        title: "طلب التطبيق غير مكتمل",
        what: "أغفل التطبيق الذي أرسلك إلى هنا شيئًا. لم ترتكب أي خطأ.",
        action: AGAIN,
    },
    oversized: ErrorText {
        title: "طلب التطبيق أطول من اللازم",
        what: "أرسل التطبيق الذي جئت منه أكثر مما يقبله هذا الخادم. لم ترتكب أي خطأ.",
        action: AGAIN,
    },
    unknown: ErrorText {
        title: "هذا التطبيق غير معروف هنا",
        what: "يسمّي الرابط الذي أوصلك إلى هنا تطبيقًا غير مسجّل لدى هذا الخادم. الخطأ في التطبيق أو في الرابط لا منك.",
        action: "تحقق من أن الرابط كامل، أو عُد إلى التطبيق. إذا تكرر ذلك فأظهر هذه الصفحة لمطوّري التطبيق.",
    },
    locked: ErrorText {
        title: "هذا التطبيق موقوف هنا",
        what: "لا يسمح القائمون على هذا الخادم حاليًا بتسجيل الدخول عبر هذا التطبيق. لم ترتكب أي خطأ.",
        action: "اسأل القائمين على التطبيق.",
    },
    return_address: ErrorText {
        title: "عنوان العودة غير مسجّل",
        what: "طلب التطبيق إرسالك إلى عنوان غير مسجّل له. لحمايتك لا ينتقل هذا الخادم إليه. الخطأ من التطبيق لا منك.",
        action: AGAIN,
    },
    missing: Around("المعامل ", " مفقود أو فارغ."),
    repeated: Around("أُرسل المعامل ", " أكثر من مرة. أرسله مرة واحدة."),
    invalid: Around("قيمة ", " غير مقبولة هنا."),
    unreadable: Around(
        "تعذّرت قراءة المعاملات. أرسل 64 منها على الأكثر بصيغة application/x-www-form-urlencoded وترميز UTF-8.",
        "",
    ),
    not_a_form: Around("محتوى الطلب ليس نموذجًا. أرسل Content-Type: application/x-www-form-urlencoded.", ""),
    too_long: Around("الطلب بجميع معاملاته أطول مما يقبله هذا الخادم.", ""),
    unknown_client: Around("قيمة ", " ليست معرّف عميل مسجّل."),
    locked_client: Around("العميل الذي يسمّيه ", " موقوف. يستطيع مشغّل هذا الخادم إعادة تفعيله."),
    grant_not_allowed: Around("هذا العميل غير مسجّل لمنح رمز التفويض.", ""),
    unregistered_redirect_uri: Around(
        "قيمة ",
        " ليست من عناوين إعادة التوجيه المسجّلة لهذا العميل. يجب أن تطابق أحدها حرفًا بحرف.",
    ),
    request_object: Around("كائن الطلب في ", " غير صالح."),
    unknown_hint: Around("قيمة ", " ليست رمز هوية صدر من هنا."),
    other_client: Around("قيمة ", " ليست العميل الذي صدر له رمز الهوية."),
    unnamed_client: Around("من دون ", " أو id_token_hint لا يتبع هذا الخادم أي post_logout_redirect_uri."),
    unregistered_logout_uri: Around("قيمة ", " ليست من العناوين المسجّلة لهذا العميل."),
    other: Around("سجلّ هذا الخادم فيه السبب تحت معرّف الطلب.", ""),
};
