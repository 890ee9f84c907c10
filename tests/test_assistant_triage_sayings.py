"""Small talk and questions about the article itself: each gets its own wording, and no real question does."""

import pytest

from assistant.question import read
from assistant.triage.rules import KEYS, triage

ENGLISH = {
    "author": ["Who wrote this?", "whos the author of the article", "Is the author a doctor?"],
    "date": ["How old is this article?", "when was it published", "Is this up to date?"],
    "length": ["How long is the article?", "how many words does it have", "is it a long text"],
    "article": ["What is the article called?", "whats your source", "Where can I read the whole article?"],
    "sources": ["Does it cite sources?", "are there any references", "What is this based on?"],
    "reliable": ["Is it reliable?", "can i trust this", "How accurate is this article?"],
    "reviewed": ["Has it been peer reviewed?", "Did a doctor check this?", "was the article reviewed by experts"],
    "not_advice": ["Is this medical advice?", "do you give medical advice", "Can this replace my doctor?"],
    "person": ["Are you a person?", "am I talking to a real human", "r u a bot"],
    "how": ["How are you?", "how r u today", "Good morning, how are you?"],
    "greeting": ["Hello!", "good evening", "hey there"],
    "thanks": ["Thanks!", "Perfect, thank you very much.", "Thank you, that was helpful."],
    "goodbye": ["Bye!", "ok bye", "I have to go"],
    "ok": ["ok", "Hmm...", "I see, makes sense."],
    "sorry": ["Sorry!", "oops my mistake", "I'm so sorry, I was rude"],
    "there": ["Are you there?", "anybody there", "Hello, is anyone there?"],
    "praise": ["You are amazing", "good bot", "You're rather clever, aren't you?"],
    "love": ["I love you", "will you marry me?", "love u bot"],
    "rude": ["You are useless", "you suck!", "This is stupid."],
    "believed": ["Nobody believes me.", "my doctor says it's in my head", "My family thinks I'm making it up"],
    "tired": ["I'm so tired", "I am exhausted.", "I can't sleep at night"],
    "hard": ["I feel awful", "My legs are driving me mad", "This is so hard."],
    "bored": ["I'm bored", "so bored entertain me", "This is boring"],
    "laugh": ["lol", "hahaha", "LMAO that's funny"],
    "joke": ["Tell me a joke", "sing me a song please", "Can you tell me a funny story?"],
    "outside": ["What's the weather?", "what time is it", "whats the news today"],
    "again": ["Say that again", "can you repeat that please", "once more"],
    "unclear": ["I don't understand", "what do you mean?", "That is too complicated for me"],
    "wait": ["wait", "One moment please", "hold on a second"],
    "more": ["My wife died", "I lost my dad last year", "I've had enough"],
    "keys": ["asdfghjkl", "jjjjj", "sdkfjhgkjdfhg"],
}
QUESTIONS = [
    "thanks, and what about iron?",
    "you suck, what causes it",
    "my doctor says it's in my head, is it neurological?",
    "I'm so tired, is that the iron?",
    "I can't sleep, what causes that?",
    "How old are people who get it?",
    "how old do you have to be to get restless legs",
    "what year was that",
    "how long is an attack",
    "How long does it last?",
    "who gets this",
    "Who wrote about dopamine first?",
    "Is it a real disease?",
    "is it hereditary",
    "Is it psychological or real?",
    "does the article mention sources of iron",
    "What are sources of iron?",
    "are there studies on iron",
    "Is rls reliable as a sign of iron deficiency?",
    "lol what causes it",
    "ok but why does it get worse at night",
    "hmm, and pregnancy?",
    "what does the weather have to do with it",
    "does cold weather make it worse?",
    "sorry, what is ferritin?",
    "I don't understand dopamine",
    "are you saying that iron is the cause?",
    "my legs hurt, why?",
    "I hate this, does it ever go away?",
    "wait, does coffee matter?",
    "Which diseases lead to it?",
    "why",
    "summarise it",
    "What is the article about iron saying?",
    "b12",
    "RLS",
    "ferritin",
    "what is it",
    "what causes it",
    "How does it feel?",
    "is it bad?",
    "is it dangerous",
    "Is it serious?",
    "how common is it",
    "Is it common?",
    "is this common in children",
    "how reliable is a ferritin test",
    "what time of day is it worst",
    "what is the latest news on rls treatment",
    "no sleep",
    "112",
]


def key_of(text: str, /) -> str:
    found = triage(text)
    return "" if found is None else found.wording


@pytest.mark.parametrize("name", ENGLISH)
def test_each_kind_of_saying_gets_its_own_wording(name: str) -> None:
    assert {saying: key_of(saying) for saying in ENGLISH[name]} == dict.fromkeys(ENGLISH[name], f"chat.{name}")


def test_every_kind_of_saying_is_tried() -> None:
    assert {key for key in KEYS if key.startswith("chat.")} - {"chat.about", "chat.ability"} == {
        f"chat.{name}" for name in ENGLISH
    }


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_has_a_question_in_it_is_no_small_talk(question: str) -> None:
    assert not key_of(question).startswith("chat.")


@pytest.mark.parametrize(
    ("saying", "key"), [("I am tired of living", "urgent.crisis"), ("sorry, I want to die", "urgent.crisis")]
)
def test_danger_goes_before_any_saying(saying: str, key: str) -> None:
    assert key_of(saying) == key


@pytest.mark.parametrize("saying", ["I'm exhausted", "nobody believes me", "my doctor says it's all in my head"])
def test_who_is_exhausted_or_alone_is_seen_beside_the_saying(saying: str) -> None:
    assert read(saying).is_distressed


ABROAD = {
    "de": {
        "Danke!": "thanks",
        "Wer hat das geschrieben?": "author",
        "Wie alt ist der Artikel?": "date",
        "Bist du ein Mensch?": "person",
        "Hat der Artikel Quellen?": "sources",
        "Ich bin so müde": "tired",
        "Niemand glaubt mir": "believed",
        "Du bist nutzlos": "rude",
        "Erzähl mir einen Witz": "joke",
        "Wie wird das Wetter?": "outside",
        "Mir ist langweilig": "bored",
        "Bist du da?": "there",
        "Ich verstehe das nicht": "unclear",
        "Ich liebe dich": "love",
        "Sag das noch mal": "again",
        "Mein Arzt sagt, ich bilde mir das nur ein": "believed",
        "Entschuldigung": "sorry",
    },
    "es": {
        "gracias": "thanks",
        "¿Quién escribió esto?": "author",
        "¿Cuándo se publicó?": "date",
        "¿Eres una persona?": "person",
        "¿Cita fuentes?": "sources",
        "Estoy muy cansada": "tired",
        "Nadie me cree": "believed",
        "Eres inútil": "rude",
        "Cuéntame un chiste": "joke",
        "¿Qué tiempo hace?": "outside",
        "Estoy aburrido": "bored",
        "¿Estás ahí?": "there",
        "No entiendo": "unclear",
        "te quiero": "love",
        "lo siento": "sorry",
    },
    "fr": {
        "merci": "thanks",
        "Qui a écrit cet article ?": "author",
        "t'es une IA ?": "person",
        "Je suis très fatiguée": "tired",
        "Personne ne me croit": "believed",
        "Tu es nul": "rude",
        "Raconte-moi une blague": "joke",
        "Tu es là ?": "there",
        "Je ne comprends pas": "unclear",
        "je t'aime": "love",
        "Je m'ennuie": "bored",
        "désolé": "sorry",
    },
    "it": {
        "grazie": "thanks",
        "Chi ha scritto questo articolo?": "author",
        "Sei una persona?": "person",
        "Sono molto stanca": "tired",
        "Nessuno mi crede": "believed",
        "Sei inutile": "rude",
        "Raccontami una barzelletta": "joke",
        "Ci sei?": "there",
        "Non capisco": "unclear",
        "Mi annoio": "bored",
        "Che ore sono?": "outside",
        "scusa": "sorry",
    },
    "nl": {
        "dank je wel": "thanks",
        "Wie heeft dit geschreven?": "author",
        "Ben je een mens?": "person",
        "Ik ben zo moe": "tired",
        "Niemand gelooft me": "believed",
        "Je bent waardeloos": "rude",
        "Vertel eens een mop": "joke",
        "Ben je er nog?": "there",
        "Ik snap het niet": "unclear",
        "Hoe oud is het artikel?": "date",
    },
    "pt": {
        "obrigada": "thanks",
        "Quem escreveu este artigo?": "author",
        "vc é robô?": "person",
        "Estou muito cansado": "tired",
        "Ninguém acredita em mim": "believed",
        "Você é inútil": "rude",
        "Conta-me uma piada": "joke",
        "Não entendo": "unclear",
        "Que horas são?": "outside",
        "desculpe": "sorry",
    },
    "pl": {
        "dziękuję": "thanks",
        "Kto to napisał?": "author",
        "Jesteś człowiekiem czy programem?": "person",
        "Jestem bardzo zmęczona": "tired",
        "Nikt mi nie wierzy": "believed",
        "Jesteś głupi": "rude",
        "Opowiedz dowcip": "joke",
        "Nie rozumiem": "unclear",
        "Jaka jest pogoda?": "outside",
        "przepraszam": "sorry",
    },
    "ar": {
        "شكرا": "thanks",
        "من كتب هذا المقال؟": "author",
        "هل أنت إنسان؟": "person",
        "أنا متعب جدا": "tired",
        "لا أحد يصدقني": "believed",
        "أنت غبي": "rude",
        "لا أفهم": "unclear",
    },
    "hi": {
        "धन्यवाद": "thanks",
        "यह लेख किसने लिखा?": "author",
        "क्या आप इंसान हैं?": "person",
        "मैं बहुत थक गया हूँ": "tired",
        "तुम बेकार हो": "rude",
        "समझ नहीं आया": "unclear",
    },
    "hi-latn": {
        "bahut bahut dhanyavaad": "thanks",
        "Yeh article kisne likha hai?": "author",
        "ye article kab likha gaya": "date",
        "Kya aap insaan hain?": "person",
        "tum kaun ho": "about",
        "aap kya kar sakte hain": "ability",
        "theek hai": "ok",
        "main bahut thak gaya hoon": "tired",
        "tum bekar ho": "rude",
        "samajh nahi aaya": "unclear",
        "koi joke sunao": "joke",
        "aaj mausam kaisa hai": "outside",
    },
    "ja": {
        "ありがとう": "thanks",
        "この記事は誰が書いたのですか": "author",
        "あなたは人間ですか？": "person",
        "とても疲れました": "tired",
        "誰も信じてくれない": "believed",
        "役立たず": "rude",
        "わかりません": "unclear",
        "眠れない": "tired",
    },
    "zh": {
        "谢谢": "thanks",
        "这篇文章是谁写的？": "author",
        "你是真人吗？": "person",
        "我好累": "tired",
        "没有人相信我": "believed",
        "你真没用": "rude",
        "我不明白": "unclear",
        "讲个笑话": "joke",
        "今天天气怎么样": "outside",
    },
}
QUESTIONS_ABROAD = [
    "Danke, und was ist mit Eisen?",
    "Wie alt sind die Betroffenen?",
    "gracias, ¿y el hierro?",
    "¿Es hereditario?",
    "¿Es una enfermedad?",
    "merci, et le fer ?",
    "Est-ce héréditaire ?",
    "grazie, e il ferro?",
    "È ereditario?",
    "dank je, en ijzer dan?",
    "Is het erfelijk?",
    "obrigado, e o ferro?",
    "dzięki, a żelazo?",
    "谢谢，那铁呢？",
    "是什么引起的？",
    "何が原因ですか",
    "यह क्यों होता है?",
    "ما سبب ذلك؟",
]


@pytest.mark.parametrize("language", ABROAD)
def test_a_saying_in_another_language_gets_its_wording_in_that_language(language: str) -> None:
    found = {saying: (key_of(saying), read(saying).language) for saying in ABROAD[language]}
    assert found == {saying: (f"chat.{name}", language) for saying, name in ABROAD[language].items()}


@pytest.mark.parametrize("question", QUESTIONS_ABROAD)
def test_a_question_in_another_language_is_no_small_talk(question: str) -> None:
    assert not key_of(question).startswith("chat.")
