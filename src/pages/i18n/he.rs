//! Hebrew.

use super::faults::he::FAULTS;
use super::{Accounts, Around, Claims, Common, Consent, ErrorText, Errors, Login, Messages, Session};

pub(super) const MESSAGES: Messages =
    Messages { common: COMMON, login: LOGIN, accounts: ACCOUNTS, consent: CONSENT, errors: ERRORS, session: SESSION };

const COMMON: Common = Common {
    skip: "דילוג לתוכן",
    language: "שפה",
    change_language: "שינוי",
    error: "שגיאה",
    unverified: "היישום הזה רשם את עצמו. איש לא בדק מי מפעיל אותו.",
    policy: "מדיניות פרטיות",
    terms: "תנאי שימוש",
    signed_in_as: Around("החשבון הפעיל: ", ""),
    cancel: Around("ביטול וחזרה אל ", ""),
    try_again_in,
};

const LOGIN: Login = Login {
    sign_in: "כניסה",
    continue_to: "כדי להמשיך אל",
    with_account: Around("עם החשבון שלך אצל ", ""),
    username: "שם משתמש",
    password: "סיסמה",
    show_password: "הצגת הסיסמה",
    asked_again: "כבר נכנסת לחשבון. היישום מבקש אימות נוסף.",
    too_long_ago: "הכניסה האחרונה שלך הייתה לפני זמן רב מדי עבור יישום זה.",
    other_account: "יש להיכנס עם החשבון הרצוי.",
    wrong: "שם המשתמש או הסיסמה אינם נכונים.",
    missing_username: "יש להזין שם משתמש.",
    missing_password: "יש להזין סיסמה.",
    too_long: "מה שהוזן ארוך מדי לשם משתמש או לסיסמה.",
    throttled: "היו יותר מדי ניסיונות כניסה.",
    busy: "אנשים רבים נכנסים ברגע זה.",
    expired: "הדפדפן הופעל מחדש מאז שהדף נפתח. יש להיכנס שוב.",
    no_cookie: "הדפדפן לא שלח עוגייה: הוא נסגר בינתיים, או שאינו שומר עוגיות. יש להיכנס שוב. אם ההודעה חוזרת, יש לאפשר \
                עוגיות לאתר זה.",
};

const ACCOUNTS: Accounts = Accounts { choose: "בחירת חשבון", another: "שימוש בחשבון אחר" };

const CONSENT: Consent = Consent {
    title: "אישור גישה",
    heading: Around("הבקשה של ", " לקבל גישה"),
    returns_to: Around("התשובה תישלח אל ", ""),
    returns_to_app: "התשובה תישלח אל יישום במכשיר זה",
    switch: "לא החשבון שלך? מעבר לחשבון אחר",
    wants: "היישום מבקש",
    already: "כבר אושר",
    more: "מידע נוסף עליך",
    claims: CLAIMS,
    nothing: "היישום אינו מבקש הרשאה מסוימת.",
    openid: "לזהות אותך לפי מזהה החשבון שלך",
    profile: "לראות את שמך ואת הפרופיל שלך",
    email: "לראות את כתובת הדוא״ל שלך",
    address: "לראות את כתובת המגורים שלך",
    phone: "לראות את מספר הטלפון שלך",
    offline_access: "לשמור על הגישה גם בהיעדרך",
    roles: "לראות אילו תפקידים יש לך כאן",
    groups: "לראות את הקבוצות שלך כאן",
    other: Around("להשתמש בהרשאה ", ""),
    resource: Around("הגישה תשמש מול ", "."),
    lasts_offline,
    lasts_session,
    allow: "אישור",
    deny: "דחייה",
};

const CLAIMS: Claims = Claims {
    name: "השם שלך",
    nickname: "הכינוי שלך",
    username: "שם המשתמש שלך",
    profile_page: "דף הפרופיל שלך",
    picture: "התמונה שלך",
    website: "האתר שלך",
    gender: "המגדר שלך",
    birthdate: "תאריך הלידה שלך",
    zoneinfo: "אזור הזמן שלך",
    locale: "השפה שלך",
    updated_at: "מועד השינוי האחרון בפרטים שלך",
    email: "כתובת הדוא״ל שלך",
    address: "כתובת המגורים שלך",
    phone: "מספר הטלפון שלך",
    roles: "התפקידים שלך כאן",
    groups: "הקבוצות שלך כאן",
};

const ERRORS: Errors = Errors {
    request_id: "מזהה הבקשה",
    back: "חזרה ליישום",
    retry: "ניסיון נוסף",
    start: Around("מעבר אל ", ""),
    diagnosis: "אבחון למפתחים",
    bad_request: ErrorText {
        title: "הבקשה אינה תקינה",
        what: "היישום ששלח אותך לכאן שגה. לא עשית שום טעות.",
        action: "יש לחזור ליישום ולנסות שוב. אם זה קורה שוב, יש למסור למפתחיו את מזהה הבקשה.",
    },
    expired: ErrorText {
        title: "הדף הזה אינו בתוקף",
        what: "תהליך הכניסה הזה ישן מדי, או שכבר הושלם. זה אמצעי זהירות ואין בכך אשמה.",
        action: "יש לחזור ליישום ולהתחיל משם מחדש.",
    },
    forbidden: ErrorText {
        title: "אי אפשר להמשיך מהדף הזה",
        what: "הכתובת או הטופס אינם שלמים, השתנו בדרך או הגיעו מאתר אחר.",
        action: "יש להתחיל מחדש ביישום, או להמשיך מכאן.",
    },
    not_found: ErrorText {
        title: "אין דף כזה",
        what: "הכתובת הוקלדה באופן שגוי, או שהקישור שהוביל לכאן אינו נכון.",
        action: "יש לבדוק את הכתובת, או לחזור ליישום שממנו הגעת.",
    },
    method_not_allowed: ErrorText {
        title: "לא ניתן להשתמש בדף באופן הזה",
        what: "היישום ששלח אותך לכאן פנה לכתובת זו באופן שגוי. לא עשית שום טעות.",
        action: "יש לחזור ליישום ולנסות שוב. אם זה קורה שוב, יש למסור למפתחיו את מזהה הבקשה.",
    },
    too_large: ErrorText {
        title: "זה היה יותר מדי בבת אחת",
        what: "נשלח יותר ממה שהדף הזה מקבל. בדרך כלל האשמה ביישום ולא בך.",
        action: "יש לחזור ולנסות עם פחות. אם זה קורה שוב, יש לפנות למפתחי היישום.",
    },
    timed_out: ErrorText {
        title: "זה ארך זמן רב מדי",
        what: "החיבור נקטע לפני שהכול הגיע. דבר לא השתנה.",
        action: "יש לחזור ולשלוח שוב.",
    },
    too_many: ErrorText {
        title: "יותר מדי בקשות",
        what: "בקשות רבות הגיעו מהרשת שלך בזמן קצר. ייתכן שאינן שלך.",
        action: "דבר לא אבד, יש להמתין רגע.",
    },
    unavailable: ErrorText {
        title: "לא זמין כרגע",
        what: "השרת אינו יכול להשיב ברגע זה. האשמה בנו ולא בך.",
        action: "דבר לא אבד, יש להמתין רגע.",
    },
    internal: ErrorText {
        title: "משהו השתבש כאן",
        what: "האשמה בנו ולא בך. התקלה נרשמה.",
        action: "יש לנסות שוב. אם זה קורה שוב, יש למסור למפעילי השרת את מזהה הבקשה.",
    },
    faults: FAULTS,
};

const SESSION: Session = Session {
    sign_out: "יציאה",
    question: "לצאת מהחשבון?",
    consequence: "יישומים יבקשו ממך להיכנס שוב.",
    stay: "להישאר בחשבון",
    no_way_back: "בקשת היישום אינה תקינה, לכן הדף הזה אינו מוביל בחזרה אליו. הטעות היא של היישום, לא שלך.",
    signed_out: "יצאת מהחשבון",
    afterwards: "אם אחרים משתמשים במחשב הזה, יש לסגור את כל חלונות הדפדפן.",
    applications: "יצאת גם מהיישומים",
    in_use: "יישומים שנכנסת אליהם",
    open_applications: "היישומים שלך",
    continue_to: Around("המשך אל ", ""),
    sign_in_again: "כניסה מחדש",
    signed_in: "נכנסת לחשבון",
    no_application: "אף יישום אינו ממתין לך. אפשר לסגור את הדף.",
    to_application: "חזרה ליישום",
    continue_by_hand: "אם דבר לא קורה, יש ללחוץ על הכפתור.",
    continue_button: "המשך",
};

/// A number and its noun: one, two, other, as CLDR counts in Hebrew.
fn counted(n: u64, [one, two, other]: [&str; 3]) -> String {
    match n {
        1 => one.to_owned(),
        2 => two.to_owned(),
        _ => format!("{n} {other}"),
    }
}

fn try_again_in(seconds: u64) -> String {
    let wait = match seconds {
        0..=90 => counted(seconds.max(1), ["שנייה אחת", "שתי שניות", "שניות"]),
        _ => counted(seconds.div_ceil(60), ["דקה אחת", "שתי דקות", "דקות"]),
    };
    format!("אפשר לנסות שוב בעוד {wait}.")
}

fn days(n: u64) -> String {
    counted(n, ["יום אחד", "יומיים", "ימים"])
}

fn lasts_offline(n: u64) -> String {
    format!("הגישה נמשכת {} לכל היותר, גם לאחר יציאה מהחשבון.", days(n))
}

fn lasts_session(n: u64) -> String {
    format!("הגישה מסתיימת עם היציאה מהחשבון, ולכל המאוחר לאחר {}.", days(n))
}
