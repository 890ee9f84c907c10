"""desk/shown.py: what a template made stands in another one as it is; everything else is escaped."""

from corpus.errors import CorpusError
from desk.shown import html, refusal


def test_what_a_template_made_stands_in_another_as_it_is_and_words_are_escaped() -> None:
    row = html("notice", text="<script>", is_error=False, command="", said=1)
    shown = html("others", groups=[("gained", [row])], headings={"gained": "Answered now"})
    assert row in shown
    assert "<script>" not in shown


def test_a_remedy_that_speaks_of_commands_is_folded_away_for_who_never_used_one() -> None:
    told = refusal(CorpusError("a question is empty.", remedy='Write it: --add "What is it?".'))
    assert told.index("A question is empty.") < told.index("<details") < told.index("--add")
    assert "<details" not in refusal(CorpusError("There is no question.", remedy="Write one."))
