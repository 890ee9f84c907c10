"""Three small articles with about a dozen labelled questions of each, for the tests of training."""

from assistant.evaluation.labelled import LabelledQuestion
from assistant.training.labels import Labels, article_of, question_of
from tests.conftest import make_document

TEA = (
    "Tea is a drink made from leaves. It was first drunk in China.",
    "Green tea is not oxidised. Black tea is oxidised before it is dried.",
    "Caffeine in tea keeps people awake.",
)
RUST = (
    "Rust is an oxide of iron. Rust forms when iron meets water and air.",
    "Zinc protects iron against rust. Paint keeps water away from rust.",
)
ASKED = {
    "tea": (
        ("What is tea made from?", "answer", "made from leaves"),
        ("tea comes from what", "answer", "made from leaves"),
        ("Where was tea drunk first?", "answer", "first drunk in China"),
        ("Which tea is not oxidised?", "answer", "Green tea"),
        ("What happens to black tea?", "answer", "Black tea"),
        ("Why does it keep me awake?", "answer", "Caffeine"),
        ("How much does tea cost?", "unanswered", ""),
        ("Does tea grow in Scotland?", "unanswered", ""),
        ("Should I drink less tea?", "advice", ""),
        ("I drank bleach", "urgent", ""),
        ("hello", "chat", ""),
        ("thanks", "chat", ""),
    ),
    "rust": (
        ("What is rust?", "answer", "Rust is an oxide"),
        ("When does rust form?", "answer", "Rust forms"),
        ("What protects iron?", "answer", "Zinc protects"),
        ("What does paint do?", "answer", "Paint keeps"),
        ("Who discovered rust?", "unanswered", ""),
        ("Is rust poisonous?", "unanswered", ""),
        ("Shall I paint my rusty car?", "advice", ""),
        ("The rusty bridge is falling on me", "urgent", ""),
        ("hi there", "chat", ""),
    ),
}
ASKED["zinc"] = ASKED["rust"]  # another article with the same words


def small_labels() -> Labels:
    """Labels whose main article is about tea."""
    articles = {slug: article_of(make_document(slug, text)) for slug, text in (("tea", TEA), ("rust", RUST), ("zinc", RUST))}
    questions = [
        question_of(LabelledQuestion(f"{slug}{number}", (asked,), expect, (gold,) if gold else ()), articles[slug])
        for slug, rows in ASKED.items()
        for number, (asked, expect, gold) in enumerate(rows)
    ]
    return Labels(articles, tuple(questions), main="tea")
