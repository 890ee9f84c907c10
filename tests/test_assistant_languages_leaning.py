"""assistant/languages/*/triage.toml: each language knows what leans on the turns before, and who asks about himself."""

from collections.abc import Mapping

import pytest

from assistant.languages import TRIAGE, language_files
from assistant.question import read
from assistant.reading.follow_ups import Leaning, leaning

WITHOUT_WORDS = {"emoji"}

# By language: what cannot be read alone, what may lean on the turns before, what stands for itself.
FOLLOW_UPS = {
    "en": (
        ("Why?", "How long?", "Which of those?", "And who else?", "Is that proven?"),
        (
            "And B12?",
            "What about coffee?",
            "Do those medicines cause it at night?",
            "Can children get that one as well?",
            "Does iron help instead?",
        ),
        (
            "Why does iron matter?",
            "Can too much iron cause it?",
            "Is the third trimester the worst time?",
            "Are there causes that run in families?",
        ),
    ),
    "ar": (
        ("لماذا؟", "وكيف ذلك؟", "ماذا يعني هذا؟"),
        ("وماذا عن الحديد؟", "وهل يحدث عند الأطفال؟", "هل هذه الأدوية تسببها في الليل؟"),
        ("ما أسباب متلازمة تململ الساقين؟", "هل نقص الحديد سبب معروف؟", "والدي مصاب بالسكري فهل يسببها؟"),
    ),
    "de": (
        ("Warum?", "Und wer sonst noch?", "Was heißt das?"),
        ("Und bei Kindern im Sommer?", "Wie ist es mit Kaffee?", "Helfen die anderen in der Nacht?"),
        (
            "Was verursacht das Restless-Legs-Syndrom?",
            "Kann Eisenmangel die Ursache sein?",
            "Warum wird es nachts schlimmer?",
        ),
    ),
    "es": (
        ("¿Por qué?", "¿Y quién más?", "¿Qué significa eso?"),
        ("¿Y la vitamina B12?", "¿Qué pasa con el café?", "¿Cuáles de esos son peores?"),
        ("¿Qué causa las piernas inquietas?", "¿Es hereditario el síndrome?", "¿Puede la falta de hierro provocarlo?"),
    ),
    "fr": (
        ("Pourquoi ?", "Et qui d’autre ?", "Comment ça ?"),
        ("Et chez les enfants ?", "Qu’en est-il du café ?", "Que se passe-t-il avec les autres ?"),
        ("Où commence la maladie ?", "Y a-t-il un lien avec le fer ?", "Quelles sont les causes du syndrome ?"),
    ),
    "hi": (
        ("क्यों?", "और क्या?", "ऐसा क्यों?"),
        ("और बच्चों में कितना?", "लेकिन आयरन का क्या?", "क्या उनमें से कोई खतरनाक है?"),
        ("यह बीमारी किससे होती है?", "क्या आयरन की कमी कारण है?", "रात में यह क्यों बढ़ती है?"),
    ),
    "hi-latn": (
        ("kyon?", "aur kya?", "aisa kyu?"),
        ("aur bachon me kitna hota hai?", "lekin iron ka kya?", "kya unme se koi khatarnak hai?"),
        ("rls kis wajah se hota hai?", "kya iron ki kami karan hai?", "raat ko ye kyon badhta hai?"),
    ),
    "it": (
        ("Perché?", "E chi altro?", "Che cosa significa?"),
        ("E la B12?", "Ma con il caffè succede?", "E nei bambini succede spesso?"),
        ("È ereditaria la sindrome?", "Quali sono le cause principali?", "Può dipendere dalla carenza di ferro?"),
    ),
    "ja": (
        ("なぜ？", "どうしてですか？", "他には？"),
        ("では、鉄は関係ありますか？", "子供は？", "それらの薬も原因になりますか？"),
        ("むずむず脚症候群の原因は何ですか？", "鉄不足で起こることがありますか？", "夜に悪くなるのはなぜですか？"),
    ),
    "nl": (
        ("Waarom?", "En wie nog meer?", "Wat betekent dat?"),
        ("En bij kinderen?", "Hoe zit het met koffie?", "Helpen de andere ook tegen onrust?"),
        ("Wat veroorzaakt rusteloze benen?", "Kan ijzertekort de oorzaak zijn?", "Is het syndroom erfelijk?"),
    ),
    "pl": (
        ("Dlaczego?", "A kto jeszcze?", "Co to znaczy?"),
        ("A co z kawą?", "Ale czy żelazo pomaga?", "Który jest najgorszy z tych?"),
        (
            "Co powoduje zespół niespokojnych nóg?",
            "Czy niedobór żelaza jest przyczyną?",
            "Dlaczego objawy nasilają się w nocy?",
        ),
    ),
    "pt": (
        ("Por quê?", "E quem mais?", "O que significa isso?"),
        ("E nas crianças?", "Mas o café também provoca?", "E quanto ao ferro baixo?"),
        ("O que causa as pernas inquietas?", "É hereditário este problema todo?", "A falta de ferro pode provocá-la?"),
    ),
    "ru": (
        ("Почему?", "А кто ещё?", "Что это значит?"),
        ("А у детей летом?", "А что с кофе?", "Эти лекарства вызывают его ночью?"),
        (
            "Что вызывает синдром беспокойных ног?",
            "Может ли нехватка железа быть причиной?",
            "Почему ночью становится хуже?",
        ),
    ),
    "sv": (
        ("Varför?", "Och vem mer?", "Vad betyder det?"),
        ("Och hos barn på sommaren?", "Hur är det med kaffe?", "Hjälper de andra på natten?"),
        ("Vad orsakar restless legs?", "Kan järnbrist vara orsaken?", "Varför blir det värre på natten?"),
    ),
    "tr": (
        ("Neden?", "Peki kim?", "Bu ne demek?"),
        ("Peki çocuklarda da görülür mü?", "Ya kahve?", "Bu ilaçlar geceleri de yapar mı?"),
        ("Huzursuz bacak sendromuna ne yol açar?", "Demir eksikliği neden olabilir mi?", "Geceleri neden kötüleşir?"),
    ),
    "uk": (
        ("Чому?", "А хто ще?", "Що це означає?"),
        ("А в дітей улітку?", "А що з кавою?", "Ці ліки спричиняють його вночі?"),
        (
            "Що спричиняє синдром неспокійних ніг?",
            "Чи може нестача заліза бути причиною?",
            "Чому вночі стає гірше?",
        ),
    ),
    "zh": (
        ("为什么？", "還有誰？", "什么意思？"),
        ("那儿童呢？", "但是铁有影响吗？", "那些药会引起吗？"),
        ("不宁腿综合征的病因是什么？", "缺铁会引起吗？", "为什么晚上更严重？"),
    ),
}
# By language: who asks about himself, who does not.
PERSONAL = {
    "en": (
        (
            "Can my antidepressant cause it?",
            "I'm 45 and pregnant, can it start now?",
            "Am I at risk?",
            "Can I get it?",
            "I also have diabetes, does that matter?",
        ),
        (
            "Can you tell me what causes it?",
            "I was wondering if coffee matters",
            "How common is it in the EU?",
            "I'm a nurse, what causes it?",
            "Kommt es im Alter häufiger vor?",
        ),
    ),
    "ar": (
        ("عندي نقص في الحديد، هل هو السبب؟", "هل دوائي يسببها؟"),
        ("هل تحدث أحيانًا مع فيتامين د؟", "هل تكثر لدى النساء؟"),
    ),
    "de": (
        ("Kann mein Antidepressivum das auslösen?", "Ich nehme Eisen, wird es dann besser?"),
        ("Können Sie mir sagen, was es verursacht?", "Kommt es im Alter häufiger vor?"),
    ),
    "es": (
        ("¿Puede mi antidepresivo causarlo?", "Tengo anemia, ¿es la causa?"),
        ("¿Me puede decir qué lo causa?", "¿Cuánto hierro al mes hace falta?"),
    ),
    "fr": (
        ("Ma mère l’a, est-ce héréditaire ?", "Je prends du fer, est-ce utile ?"),
        ("Pouvez-vous me dire ce qui le cause ?", "Quel rôle joue le fer ?"),
    ),
    "hi": (("क्या मेरी दवा से यह होता है?", "मैं गर्भवती हूँ, क्या यह बढ़ेगा?"), ("मुझे बताइए कि यह क्यों होता है", "दिमाग में क्या होता है?")),
    "hi-latn": (
        ("kya meri dawai se ye hota hai?", "mujhe anemia hai, kya ye karan hai?"),
        ("mujhe bataiye ye kyon hota hai", "What are the main causes?"),
    ),
    "it": (
        ("Il mio antidepressivo può causarla?", "Ho l’anemia, è questa la causa?"),
        ("Mi può dire che cosa la causa?", "Ma il ferro c’entra?"),
    ),
    "ja": (
        ("私の薬が原因ですか？", "私は妊娠中ですが、悪くなりますか？"),
        ("私に教えてください、原因は何ですか？", "鉄は関係ありますか？"),
    ),
    "nl": (
        ("Kan mijn medicijn dit veroorzaken?", "Ik heb bloedarmoede, komt het daardoor?"),
        ("Kunt u mij vertellen wat het veroorzaakt?", "Komt het door ijzertekort?"),
    ),
    "pl": (
        ("Czy mój lek może to powodować?", "Mam anemię, czy to przyczyna?"),
        ("Mam pytanie: co to powoduje?", "Czy żelazo ma znaczenie?"),
    ),
    "pt": (
        ("O meu remédio pode causar isto?", "Tenho anemia, é essa a causa?"),
        ("Pode me dizer o que a causa?", "Quanto ferro por mês é preciso?"),
    ),
    "ru": (
        ("Может ли мой антидепрессант это вызвать?", "Я беременна, станет ли хуже?"),
        ("Можете сказать мне, что это вызывает?", "Какую роль играет железо?"),
    ),
    "sv": (
        ("Kan min medicin orsaka det?", "Jag har blodbrist, är det orsaken?"),
        ("Kan du berätta för mig vad som orsakar det?", "Vilken roll spelar järn?"),
    ),
    "tr": (
        ("Benim ilacım buna yol açar mı?", "Hamileyim, kötüleşir mi?"),
        ("Bunun nedenini bana söyler misiniz?", "Demirin rolü nedir?"),
    ),
    "uk": (
        ("Чи може мій антидепресант це спричинити?", "Я вагітна, чи стане гірше?"),
        ("Можете сказати мені, що це спричиняє?", "Яку роль відіграє залізо?"),
    ),
    "zh": (("我的药会引起吗？", "我怀孕了，会加重吗？"), ("请告诉我病因是什么", "缺铁会引起吗？")),
}


def told_apart(samples: Mapping[str, tuple[tuple[str, ...], ...]], expected: list[object]) -> list[tuple[str, object]]:
    groups = [(kind, texts) for of_language in samples.values() for kind, texts in zip(expected, of_language, strict=True)]
    return [(text, kind) for kind, texts in groups for text in texts]


@pytest.mark.parametrize("samples", [FOLLOW_UPS, PERSONAL], ids=["follow-ups", "personal"])
def test_every_language_with_words_has_samples(samples: dict[str, object]) -> None:
    assert samples.keys() == language_files(TRIAGE).keys() - WITHOUT_WORDS


@pytest.mark.parametrize(("text", "expected"), told_apart(FOLLOW_UPS, [Leaning.WHOLLY, Leaning.PERHAPS, Leaning.NOT]))
def test_what_leans_on_the_turns_before_is_told_in_every_language(text: str, expected: Leaning) -> None:
    assert leaning(read(text)) is expected


@pytest.mark.parametrize(("text", "expected"), told_apart(PERSONAL, [True, False]))
def test_who_asks_about_himself_is_told_in_every_language(text: str, *, expected: bool) -> None:
    assert read(text).is_personal is expected
