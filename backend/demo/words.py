"""What the invented people of the demonstration write, and what coaches answer.

Questions that have an answer come from the articles themselves. The telephone numbers are from
the series that PTS keeps free for films and books: nobody has them.
"""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, tuple[str, ...]] = {
    "ar": (
        "استلمت رسالة من Skatteverket ولا أفهم ماذا يريدون مني. هل يمكن لأحد أن يقرأها معي؟",
        "وقت دورة sfi لا يناسبني لأن ابنتي صغيرة. هل توجد دورة في النهار؟",
        "عملت خياطًا في بلدي أكثر من عشر سنوات. كيف أجد تدريبًا أو عملًا هنا؟",
        "موعدي يوم الخميس، وأحتاج إلى مترجمة من فضلكم.",
        "انتقلت إلى بيت جديد في Kista. هل أبقى عندكم أم أذهب إلى مكان آخر؟",
        "وصلتني فاتورة ولا أعرف من أين هي. من يساعدني؟",
        "أنا مهندسة مدنية. هل شهادتي معترف بها في السويد؟",
    ),
    "en": (
        "I got a letter from Försäkringskassan. I must answer within two weeks. "
        "Can someone read it with me?",
        "I was an electrician for nine years. Which papers do I need to work as one here?",
        "My SFI class is in the evening and I have nobody for the children. "
        "Is there a class in the daytime?",
        "I have a job offer, but the contract is in Swedish. Can a coach look at it with me?",
        "I moved to Farsta last week. Do I still come to you?",
    ),
    "fa_AF": (
        "یک نامه از Försäkringskassan گرفتم و نمی‌فهمم. کسی می‌تواند با من بخواند؟",
        "در افغانستان معلم بودم. این‌جا چطور می‌توانم دوباره معلم شوم؟",
        "کورس sfi من شب است و طفل خورد دارم. کورس روز هم است؟",
    ),
    "ru": (
        "Мне пришло письмо от Skatteverket. Кто может прочитать его со мной?",
        "Я работала медсестрой двенадцать лет. С чего начать в Швеции?",
        "Можно прийти на встречу с ребёнком?",
    ),
    "so": (
        "Waraaq ayaa iga timid Skatteverket, ma fahmin. Yaa ila akhrin kara?",
        "Waxaan ahaa wade baabuur. Sideen shaqo darawalnimo halkan ugu heli karaa?",
        "Koorsada sfi waa habeenkii, carruurna waan leeyahay. Ma jirtaa mid maalintii ah?",
    ),
    "ti": (
        "ካብ Arbetsförmedlingen ደብዳቤ መጺኡኒ፣ ኣይተረድኣንን። ምሳይ ዘንብብ ሰብ ኣሎ ዶ?",
        "ኣብ ዓደይ ኤለክትሪሻን እየ ነይረ። ኣብዚ ንምስራሕ እንታይ ወረቐት የድልየኒ?",
        "ምስ ህጻን ናብ ቆጸራ ክመጽእ እኽእል ዶ?",
    ),
    "uk": (
        "Прийшов лист від Försäkringskassan, я його не розумію. Хто може прочитати зі мною?",
        "Я бухгалтерка. Чи визнають мій диплом у Швеції?",
        "Чи можна прийти на зустріч із дитиною?",
    ),
    "sv": (
        "Jag har fått praktik på ett äldreboende. Behöver jag ett intyg från er?",
        "Jag läser SFI C och vill börja på D. Vem bestämmer det?",
        "Kan jag få hjälp att skriva ett personligt brev till en ansökan?",
        "Kan jag ta med min syster till mötet?",
    ),
}

UNANSWERED: Mapping[str, tuple[str, ...]] = {
    "ar": ("أين أشتري دراجة مستعملة؟", "هل يمكنني إحضار قطتي إلى السويد؟"),
    "en": ("Where can I buy a used bicycle?", "Is there a swimming pool near Kista?"),
    "fa_AF": ("بایسکل کهنه از کجا بخرم؟",),
    "ru": ("Где купить подержанный велосипед?",),
    "so": ("Xaggee ka iibsan karaa baaskiil duug ah?",),
    "ti": ("ዝተጠቕመ ብሽክለታ ኣበይ ይሽየጥ?",),
    "uk": ("Де купити вживаний велосипед?",),
    "sv": ("Var kan jag köpa en begagnad cykel?", "Finns det en simhall nära Kista?"),
}

ANSWERS = (
    "Ta med brevet när du kommer, så läser vi det tillsammans.",
    "Tack för att du skriver. Boka gärna en tid, så tittar vi på dina papper.",
    "Ja, det går bra. Vi hjälper dig här även om du har flyttat.",
    "Jag har frågat skolan. Det finns en grupp på dagen, och du får ett brev om den.",
)

NUMBERS = tuple(f"070-174 06 {last:02}" for last in range(5, 100))
