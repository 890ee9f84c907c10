"""What visitors will see after a refresh, before they do: a version beside the published one, and the gate between them.

    answers   which questions are asked of both versions, and what both answer; what was lost; links that would break
    alike     passages of different articles that say the same, or may contradict each other
    gate      what must hold before a version is published
    reasons   why a question gets no answer, and what an editor can do about it
    report    all of it as plain values, with each article's reading level; page → HTML (refresh.html)

`corpus.difference` tells which articles and sentences changed. Flows in: two assistants and labelled questions. Publishes
nothing.
"""

from assistant.refresh.report import lost_offers, refresh_report, save

__all__ = ["lost_offers", "refresh_report", "save"]
