//! Hebrew.

use super::{Around, ErrorText, Faults};

const AGAIN: &str = "יש לחזור ליישום ולנסות שוב. אם זה קורה שוב, יש להראות דף זה למפתחי היישום.";

pub(in super::super) const FAULTS: Faults = Faults {
    developers: "למפתחי היישום:",
    incomplete: ErrorText {
        title: "הבקשה של היישום אינה שלמה",
        what: "היישום ששלח אותך לכאן השמיט משהו. לא עשית שום טעות.",
        action: AGAIN,
    },
    oversized: ErrorText {
        title: "הבקשה של היישום ארוכה מדי",
        what: "היישום ששלח אותך לכאן שלח יותר ממה שהשרת הזה מקבל. לא עשית שום טעות.",
        action: AGAIN,
    },
    unknown: ErrorText {
        title: "היישום הזה אינו מוכר כאן",
        what: "הקישור שהוביל אותך לכאן מציין יישום שאינו רשום בשרת הזה. הטעות היא ביישום או בקישור, ולא שלך.",
        action: "יש לבדוק שהקישור שלם, או לחזור ליישום. אם זה קורה שוב, יש להראות דף זה למפתחי היישום.",
    },
    locked: ErrorText {
        title: "היישום הזה חסום כאן",
        what: "מפעילי השרת אינם מאפשרים כרגע כניסה דרך היישום הזה. לא עשית שום טעות.",
        action: "יש לפנות למפעילי היישום.",
    },
    return_address: ErrorText {
        title: "כתובת החזרה אינה רשומה",
        what: "היישום ביקש לשלוח אותך לכתובת שאינה רשומה עבורו. כדי להגן עליך, השרת אינו מפנה לשם. \
               הטעות היא של היישום ולא שלך.",
        action: AGAIN,
    },
    missing: Around("הפרמטר ", " חסר או ריק."),
    repeated: Around("הפרמטר ", " נשלח יותר מפעם אחת. יש לשלוח אותו פעם אחת."),
    invalid: Around("הערך של ", " אינו מתקבל כאן."),
    unreadable: Around(
        "לא ניתן לקרוא את הפרמטרים. יש לשלוח לכל היותר 64, כטקסט application/x-www-form-urlencoded ב־UTF-8.",
        "",
    ),
    not_a_form: Around("גוף הבקשה אינו טופס. יש לשלוח Content-Type: application/x-www-form-urlencoded.", ""),
    too_long: Around("הבקשה עם כל הפרמטרים שלה ארוכה ממה שהשרת הזה מקבל.", ""),
    unknown_client: Around("הערך של ", " אינו מזהה של לקוח רשום."),
    locked_client: Around("הלקוח שמצוין ב־", " נעול. מפעיל השרת יכול לשחרר אותו."),
    grant_not_allowed: Around("הלקוח הזה אינו רשום למתן הרשאה באמצעות קוד.", ""),
    unregistered_redirect_uri: Around(
        "הערך של ",
        " אינו אחת מכתובות ההפניה הרשומות עבור הלקוח הזה. עליו להיות זהה, תו אחר תו.",
    ),
    request_object: Around("אובייקט הבקשה שב־", " אינו תקין."),
    unknown_hint: Around("הערך של ", " אינו אסימון זיהוי שהונפק כאן."),
    other_client: Around("הערך של ", " אינו הלקוח שלו הונפק אסימון הזיהוי."),
    unnamed_client: Around("ללא ", " או id_token_hint השרת אינו ממשיך אל post_logout_redirect_uri."),
    unregistered_logout_uri: Around("הערך של ", " אינו אחת מהכתובות הרשומות עבור הלקוח הזה."),
    other: Around("הסיבה רשומה ביומן של השרת תחת מזהה הבקשה.", ""),
};
