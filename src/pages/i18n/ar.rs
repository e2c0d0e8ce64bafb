//! Arabic.

use super::faults::ar::FAULTS;
use super::{Accounts, Around, Claims, Common, Consent, ErrorText, Errors, Login, Messages, Session};

pub(super) const MESSAGES: Messages =
    Messages { common: COMMON, login: LOGIN, accounts: ACCOUNTS, consent: CONSENT, errors: ERRORS, session: SESSION };

const COMMON: Common = Common {
    skip: "الانتقال إلى المحتوى",
    language: "اللغة",
    change_language: "تغيير",
    error: "خطأ",
    unverified: "سجّل هذا التطبيق نفسه بنفسه. لم يتحقق أحد من الجهة التي تديره.",
    policy: "سياسة الخصوصية",
    terms: "شروط الخدمة",
    signed_in_as: Around("تم تسجيل الدخول باسم ", ""),
    cancel: Around("إلغاء والعودة إلى ", ""),
    try_again_in,
};

const LOGIN: Login = Login {
    sign_in: "تسجيل الدخول",
    continue_to: "للمتابعة إلى",
    with_account: Around("باستخدام حسابك في ", ""),
    username: "اسم المستخدم",
    password: "كلمة المرور",
    show_password: "إظهار كلمة المرور",
    asked_again: "سبق أن سجّلت الدخول. يطلب منك التطبيق تأكيد هويتك من جديد.",
    too_long_ago: "مضى على تسجيل دخولك وقت أطول مما يقبله هذا التطبيق.",
    other_account: "سجّل الدخول بالحساب الذي تريد استخدامه.",
    wrong: "اسم المستخدم أو كلمة المرور غير صحيحة.",
    missing_username: "أدخل اسم المستخدم.",
    missing_password: "أدخل كلمة المرور.",
    too_long: "ما أدخلته أطول من أن يكون اسم مستخدم أو كلمة مرور.",
    throttled: "محاولات تسجيل الدخول كثيرة جدًا.",
    busy: "يسجّل كثيرون الدخول في هذه اللحظة.",
    expired: "أُعيد تشغيل متصفحك منذ فتح هذه الصفحة. سجّل الدخول مرة أخرى.",
    no_cookie: "لم يرسل متصفحك أي ملف تعريف ارتباط: إمّا أنه أُغلق في هذه الأثناء أو أنه لا يحفظ ملفات تعريف الارتباط. \
                سجّل الدخول مرة أخرى. إذا تكررت هذه الرسالة فاسمح بملفات تعريف الارتباط لهذا الموقع.",
};

const ACCOUNTS: Accounts = Accounts { choose: "اختر حسابًا", another: "استخدم حسابًا آخر" };

const CONSENT: Consent = Consent {
    title: "السماح بالوصول",
    heading: Around("", " يطلب إذن الوصول"),
    returns_to: Around("سيُرسل ردّك إلى ", ""),
    returns_to_app: "سيُرسل ردّك إلى تطبيق على هذا الجهاز",
    switch: "لست أنت؟ استخدم حسابًا آخر",
    wants: "يريد التطبيق",
    already: "مسموح به من قبل",
    more: "معلومات إضافية عنك",
    claims: CLAIMS,
    nothing: "لا يطلب التطبيق إذنًا معيّنًا.",
    openid: "التعرّف عليك من خلال معرّف حسابك",
    profile: "الاطلاع على اسمك وملفك الشخصي",
    email: "الاطلاع على عنوان بريدك الإلكتروني",
    address: "الاطلاع على عنوانك البريدي",
    phone: "الاطلاع على رقم هاتفك",
    offline_access: "الاحتفاظ بالوصول أثناء غيابك",
    roles: "الاطلاع على أدوارك هنا",
    groups: "الاطلاع على المجموعات التي تنتمي إليها هنا",
    other: Around("استخدام الإذن ", ""),
    resource: Around("سيستخدم هذا الوصول لدى ", "."),
    lasts_offline,
    lasts_session,
    allow: "سماح",
    deny: "رفض",
};

const CLAIMS: Claims = Claims {
    name: "اسمك",
    nickname: "لقبك",
    username: "اسم المستخدم الخاص بك",
    profile_page: "صفحة ملفك الشخصي",
    picture: "صورتك",
    website: "موقعك الإلكتروني",
    gender: "نوع جنسك",
    birthdate: "تاريخ ميلادك",
    zoneinfo: "منطقتك الزمنية",
    locale: "لغتك",
    updated_at: "وقت آخر تغيير في بياناتك",
    email: "عنوان بريدك الإلكتروني",
    address: "عنوانك البريدي",
    phone: "رقم هاتفك",
    roles: "أدوارك هنا",
    groups: "مجموعاتك هنا",
};

const ERRORS: Errors = Errors {
    request_id: "معرّف الطلب",
    back: "العودة إلى التطبيق",
    retry: "إعادة المحاولة",
    start: Around("الانتقال إلى ", ""),
    diagnosis: "تشخيص للمطوّرين",
    bad_request: ErrorText {
        title: "هذا الطلب غير صالح",
        what: "أخطأ التطبيق الذي أرسلك إلى هنا. لم ترتكب أي خطأ.",
        action: "عُد إلى التطبيق وحاول مرة أخرى. إذا تكرر ذلك فأبلغ مطوّره بمعرّف الطلب.",
    },
    expired: ErrorText {
        title: "لم تعد هذه الصفحة صالحة",
        what: "عملية تسجيل الدخول هذه قديمة أو اكتملت من قبل. هذا إجراء احترازي وليس خطأ أحد.",
        action: "عُد إلى التطبيق وابدأ من جديد من هناك.",
    },
    forbidden: ErrorText {
        title: "لا يمكن المتابعة من هذه الصفحة",
        what: "عنوانها أو نموذجها غير مكتمل، أو تغيّر في الطريق، أو جاء من موقع آخر.",
        action: "ابدأ من جديد في التطبيق، أو تابع من هنا.",
    },
    not_found: ErrorText {
        title: "لا توجد صفحة كهذه",
        what: "العنوان مكتوب بشكل خاطئ، أو أن الرابط الذي أوصلك إلى هنا غير صحيح.",
        action: "تحقق من العنوان، أو عُد إلى التطبيق الذي جئت منه.",
    },
    method_not_allowed: ErrorText {
        title: "لا تُستخدم هذه الصفحة بهذه الطريقة",
        what: "استدعى التطبيق الذي أرسلك إلى هنا هذا العنوان بطريقة خاطئة. لم ترتكب أي خطأ.",
        action: "عُد إلى التطبيق وحاول مرة أخرى. إذا تكرر ذلك فأبلغ مطوّره بمعرّف الطلب.",
    },
    too_large: ErrorText {
        title: "كان ذلك أكثر من اللازم",
        what: "أُرسل أكثر مما تقبله هذه الصفحة. غالبًا ما يكون الخطأ من التطبيق لا منك.",
        action: "ارجع وحاول بقدر أقل. إذا تكرر ذلك فأبلغ مطوّر التطبيق.",
    },
    timed_out: ErrorText {
        title: "استغرق ذلك وقتًا طويلًا",
        what: "انقطع الاتصال قبل أن يصل كل شيء. لم يتغيّر أي شيء.",
        action: "ارجع وأرسله مرة أخرى.",
    },
    too_many: ErrorText {
        title: "الطلبات كثيرة جدًا",
        what: "وردت من شبكتك طلبات كثيرة في وقت قصير، وليست بالضرورة منك.",
        action: "لم يُفقد شيء، انتظر قليلًا.",
    },
    unavailable: ErrorText {
        title: "غير متاح في الوقت الحالي",
        what: "لا يستطيع هذا الخادم الإجابة الآن. الخطأ منّا لا منك.",
        action: "لم يُفقد شيء، انتظر قليلًا.",
    },
    internal: ErrorText {
        title: "حدث خلل هنا",
        what: "الخطأ منّا لا منك، وقد سُجّل.",
        action: "حاول مرة أخرى. إذا تكرر ذلك فأبلغ القائمين على هذا الخادم بمعرّف الطلب.",
    },
    faults: FAULTS,
};

const SESSION: Session = Session {
    sign_out: "تسجيل الخروج",
    question: "هل تريد تسجيل الخروج؟",
    consequence: "ستطلب منك التطبيقات تسجيل الدخول من جديد.",
    stay: "البقاء مسجّلًا",
    no_way_back: "طلب التطبيق غير صحيح، لذلك لا تعيدك هذه الصفحة إليه. الخطأ من التطبيق وليس منك.",
    signed_out: "تم تسجيل خروجك",
    afterwards: "إذا كان آخرون يستخدمون هذا الحاسوب فأغلق جميع نوافذ المتصفح.",
    applications: "تم تسجيل خروجك أيضًا من",
    in_use: "التطبيقات التي سجّلت الدخول إليها",
    open_applications: "تطبيقاتك",
    continue_to: Around("المتابعة إلى ", ""),
    sign_in_again: "تسجيل الدخول من جديد",
    signed_in: "تم تسجيل دخولك",
    no_application: "لا ينتظرك أي تطبيق. يمكنك إغلاق هذه الصفحة.",
    to_application: "العودة إلى التطبيق",
    continue_by_hand: "إذا لم يحدث شيء، فاضغط على الزر.",
    continue_button: "متابعة",
};

/// A number and its noun: one, two, few (3 to 10), many (11 to 99), other, as CLDR counts in Arabic.
fn counted(n: u64, [one, two, few, many, other]: [&str; 5]) -> String {
    match (n, n % 100) {
        (1, _) => one.to_owned(),
        (2, _) => two.to_owned(),
        (_, 3..=10) => format!("{n} {few}"),
        (_, 11..=99) => format!("{n} {many}"),
        _ => format!("{n} {other}"),
    }
}

fn try_again_in(seconds: u64) -> String {
    let wait = match seconds {
        0..=90 => counted(seconds.max(1), ["ثانية واحدة", "ثانيتين", "ثوانٍ", "ثانية", "ثانية"]),
        _ => counted(seconds.div_ceil(60), ["دقيقة واحدة", "دقيقتين", "دقائق", "دقيقة", "دقيقة"]),
    };
    format!("حاول مرة أخرى بعد {wait}.")
}

fn days(n: u64) -> String {
    counted(n, ["يوم واحد", "يومين", "أيام", "يومًا", "يوم"])
}

fn lasts_offline(n: u64) -> String {
    format!("ينتهي الوصول بعد {} على الأكثر، ويبقى ساريًا حتى بعد تسجيل خروجك.", days(n))
}

fn lasts_session(n: u64) -> String {
    format!("ينتهي الوصول عند تسجيل خروجك، أو بعد {} على أبعد تقدير.", days(n))
}
