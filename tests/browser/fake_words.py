"""What the stand-in server says, in Swedish and Arabic: on the page, in the chat and around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMES = {"sv": "Svenska", "ar": "العربية"}
DAYS = {"sv": "måndag 23 november (23/11)", "ar": "الاثنين 23 نوفمبر (23/11)"}

SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "sv": {
        "hello": "Välkommen till Ingång, vägen in till Etableringscentrum i Stockholm.\n\n"
        "Jag är en maskin. Jag svarar med texter som människor har skrivit. "
        "När jag inte vet svarar en människa.",
        "need": "Vad behöver du? Tryck på en knapp, eller skriv din fråga.",
        "menu": (
            "Ställ en fråga",
            "Boka en coach",
            "Mina möten",
            "Aktiviteter",
            "Prata med en människa",
            "Mer",
        ),
        "answer": (
            "Skaffa personnummer\n"
            "Anmäl din flytt till Skatteverket. Sedan får du ett personnummer "
            "(ditt nummer i Sverige).\n\n"
            "1. Boka tid hos Skatteverket.\n"
            "2. Ta med pass och uppehållstillstånd. Ta också med papper om ditt äktenskap och "
            "dina barn.\n"
            "3. Ring 0771-567 567 om du undrar.\n\n"
            "Källa: Skatteverket: Flytta till Sverige\n"
            "Källan lästes måndag 9 november (9/11), ännu inte godkänd.",
            ("bold", "Skaffa personnummer", None),
            ("bold", "personnummer (ditt nummer i Sverige)", None),
            ("phone", "0771-567 567", "tel:+46771567567"),
            ("link", "Skatteverket: Flytta till Sverige", "https://www.skatteverket.se/flytta"),
        ),
        "crisis": (
            "Är du i fara nu? Ring 112. Det går från alla telefoner.\n\n"
            "Säg vad som har hänt och var du är. Lägg inte på.",
            ("bold", "Är du i fara nu? Ring ", None),
            ("phone", "112", "tel:112"),
        ),
        "reach": "Hur vill du nå en människa?",
        "more": "Det här kan du ta med",
        "person": "Fråga en människa",
        "back": "Tillbaka",
        "start": "Meny",
    },
    "ar": {
        "hello": "أهلًا بك في \u2068Ingång\u2069، المدخل إلى \u2068Etableringscentrum\u2069 "
        "في ستوكهولم.\n\nأنا برنامج آلي. أجيب بنصوص كتبها أشخاص. عندما لا أعرف، يجيب شخص.",
        "need": "ما الذي تحتاجه؟ يمكن الضغط على زر أو كتابة سؤالك.",
        "menu": (
            "طرح سؤال",
            "حجز موعد مع مرشد",
            "مواعيدي",
            "الأنشطة",
            "التحدث مع شخص",
            "المزيد",
        ),
        "answer": (
            "الحصول على الرقم الشخصي (personnummer)\n"
            "سجّل انتقالك لدى مصلحة الضرائب (Skatteverket). بعد ذلك تحصل على "
            "الرقم الشخصي (personnummer).\n\n"
            "1. حجز موعد لدى مصلحة الضرائب.\n"
            "2. إحضار جواز السفر وتصريح الإقامة، وأوراق الزواج والأطفال أيضًا.\n"
            "3. للسؤال: الاتصال على \u20660771-567 567\u2069.\n\n"
            "المصدر: \u2068Skatteverket: Flytta till Sverige\u2069\n"
            "قُرئ المصدر يوم الاثنين 9 نوفمبر \u2066(9/11)\u2069، ولم تتم الموافقة عليه بعد.",
            ("bold", "الحصول على الرقم الشخصي (personnummer)", None),
            ("phone", "\u20660771-567 567\u2069", "tel:+46771567567"),
            (
                "link",
                "\u2068Skatteverket: Flytta till Sverige\u2069",
                "https://www.skatteverket.se/flytta",
            ),
        ),
        "crisis": (
            "هل أنت في خطر الآن؟ الاتصال على \u2066112\u2069. يعمل من كل هاتف.\n\n"
            "قل ماذا حدث وأين أنت. لا تغلق الخط.",
            ("bold", "هل أنت في خطر الآن؟", None),
            ("phone", "\u2066112\u2069", "tel:112"),
        ),
        "reach": "كيف تريد التواصل مع شخص؟",
        "more": "ما يمكنك إحضاره",
        "person": "سؤال شخص",
        "back": "رجوع",
        "start": "القائمة",
    },
}

CHROME: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "chat": "Chatt med Ingång",
        "open": "Skriv till oss",
        "close": "Stäng",
        "unread": "Nya meddelanden: {n}",
        "below": "Nytt meddelande längre ner",
        "language": "Språk",
        "talk": "Prata med en människa",
        "leave": "Lämna snabbt",
        "forget": "Lämna och glöm",
        "shared": "Andra använder den här telefonen. Glöm chatten när jag lämnar.",
        "log": "Meddelanden",
        "assistant": "Assistent (automatisk)",
        "coach": "{name}, en människa",
        "someone": "En människa",
        "you": "Du",
        "system": "Meddelande",
        "crisis": "Viktigt",
        "message": "Ditt meddelande",
        "write": "Skriv här",
        "send": "Skicka",
        "chosen": "Vald",
        "sending": "Skickas",
        "sent": "Skickat",
        "read": "Läst",
        "unsent": "Inte skickat. Försök igen",
        "offline": "Ingen kontakt just nu. Det du skriver sparas och skickas sedan.",
        "wait": "Det var mycket på en gång. Vänta lite. Det du skrev skickas snart.",
        "refused": "Det gick inte att skicka. Du kan ändra och försöka igen.",
        "full": "Meddelandet är fullt. Skicka det nu och skriv mer i nästa.",
        "ended": "Chatten är stängd. Du kan starta en ny.",
        "restart": "Starta en ny chatt",
        "renewed": "Den gamla chatten är stängd. Det här är en ny.",
        "page": "öppnar en ny sida",
        "queued": "Du väntar på en människa. Du är nummer {n}.",
        "talking": "Du pratar med {name}, en människa.",
        "with": "Du pratar med en människa.",
        "stop": "Sluta vänta",
        "end": "Avsluta samtalet",
        "writing": "{name} skriver.",
        "sound": "Ett ljud när en människa skriver",
        "photo": "Skicka ett foto",
        "voice": "Spela in din röst",
        "only": "Bara coacherna får det här, inte assistenten.",
        "recording": "Spelar in",
        "done": "Stopp",
        "drop": "Släng",
        "play": "Lyssna",
        "pause": "Pausa",
        "image": "(Ett foto)",
        "file": "Öppna",
        "lost": "Det gick inte att öppna. Försök igen senare.",
        "deaf": "Mikrofonen går inte att använda. Tillåt den i din webbläsare, eller skriv.",
    },
    "ar": {
        "chat": "محادثة مع Ingång",
        "open": "مراسلتنا",
        "close": "إغلاق",
        "unread": "رسائل جديدة: {n}",
        "below": "رسالة جديدة في الأسفل",
        "language": "اللغة",
        "talk": "التحدث مع شخص",
        "leave": "خروج سريع",
        "forget": "خروج ومسح",
        "shared": "يستخدم آخرون هذا الهاتف. مسح المحادثة عند الخروج.",
        "log": "الرسائل",
        "assistant": "المساعد (آلي)",
        "coach": "{name}، شخص",
        "someone": "شخص",
        "you": "أنت",
        "system": "إشعار",
        "crisis": "مهم",
        "message": "رسالتك",
        "write": "الكتابة هنا",
        "send": "إرسال",
        "chosen": "تم اختياره",
        "sending": "جارٍ الإرسال",
        "sent": "تم الإرسال",
        "read": "تمت القراءة",
        "unsent": "لم تُرسل. محاولة مرة أخرى",
        "offline": "لا يوجد اتصال الآن. ما تكتبه محفوظ وسيُرسل لاحقًا.",
        "wait": "رسائل كثيرة مرة واحدة. لحظة من فضلك. سيُرسل ما كتبته قريبًا.",
        "refused": "تعذّر الإرسال. يمكن التعديل والمحاولة مرة أخرى.",
        "full": "الرسالة ممتلئة. يمكن إرسالها الآن وكتابة المزيد في رسالة أخرى.",
        "ended": "هذه المحادثة مغلقة. يمكن بدء محادثة جديدة.",
        "restart": "بدء محادثة جديدة",
        "renewed": "المحادثة القديمة مغلقة. هذه محادثة جديدة.",
        "page": "يفتح صفحة جديدة",
        "queued": "أنت تنتظر شخصًا. رقمك هو {n}.",
        "talking": "أنت تتحدث مع {name}، وهو شخص.",
        "with": "أنت تتحدث مع شخص.",
        "stop": "إيقاف الانتظار",
        "end": "إنهاء المحادثة",
        "writing": "{name} يكتب الآن.",
        "sound": "صوت عندما يكتب شخص",
        "photo": "إرسال صورة",
        "voice": "تسجيل صوتك",
        "only": "يصل هذا إلى المرشدين فقط، لا إلى المساعد.",
        "recording": "جارٍ التسجيل",
        "done": "إيقاف",
        "drop": "حذف",
        "play": "استماع",
        "pause": "إيقاف مؤقت",
        "image": "(صورة)",
        "file": "فتح",
        "lost": "تعذّر الفتح. يمكن المحاولة لاحقًا.",
        "deaf": "تعذّر استخدام الميكروفون. يمكن السماح به في المتصفح أو الكتابة.",
    },
}

PAGE: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "Questions about your first time in Stockholm? Write in your own language.": "Frågor om "
        "din första tid i Stockholm? Skriv på ditt eget språk.",
        "Go to the chat": "Till chatten",
        "Language": "Språk",
        "The chat is opening.": "Chatten öppnas.",
        "The chat needs JavaScript. Turn it on, or come and visit us.": "Chatten behöver "
        "JavaScript. Slå på det, eller besök oss.",
        "Run by {operator}": "Drivs av {operator}",
        "Who sees what I write": "Vem ser det jag skriver",
    },
    "ar": {
        "Questions about your first time in Stockholm? Write in your own language.": "أسئلة عن "
        "بداية حياتك في ستوكهولم؟ الكتابة بلغتك.",
        "Go to the chat": "إلى المحادثة",
        "Language": "اللغة",
        "The chat is opening.": "يتم فتح المحادثة.",
        "The chat needs JavaScript. Turn it on, or come and visit us.": "تحتاج المحادثة إلى "
        "JavaScript. يمكن تشغيله أو زيارتنا.",
        "Run by {operator}": "الجهة المسؤولة: {operator}",
        "Who sees what I write": "من يرى ما أكتبه",
    },
}
