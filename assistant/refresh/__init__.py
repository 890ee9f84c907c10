"""What visitors will see after a refresh, before they do: a version beside the published one, and the gate between them.

    changes         articles and sentences: added, changed, removed
    questions       which questions to ask, and which labels still hold
    answers         the answers of both versions, side by side; what was lost; links that would break
    alike           passages of different articles that say the same, or may contradict each other
    reading_level   how hard each article is to read
    gate            what must hold before a version is published
    report          all of it as plain values; page → HTML (refresh.html)

Flows in: two assistants and labelled questions. Publishes nothing itself.
"""

from assistant.refresh.report import refresh_report, save

__all__ = ["refresh_report", "save"]
