"""What visitors will see after a refresh, before they do: a version beside the published one, and the gate between them.

    questions       which questions to ask, and which labels still hold
    answers         the answers of both versions, side by side; what was lost; links that would break
    alike           passages of different articles that say the same, or may contradict each other
    words           which words of a sentence went and came
    reading_level   how hard each article is to read
    gate            what must hold before a version is published
    report          all of it as plain values; page → HTML (refresh.html)

Which articles and sentences changed is told by `corpus.difference`. Flows in: two assistants and labelled questions.
Publishes nothing itself.
"""

from assistant.refresh.report import refresh_report, save

__all__ = ["refresh_report", "save"]
