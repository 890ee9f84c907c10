"""desk/shown.py: what a template made stands in another one as it is; everything else is escaped."""

from desk.shown import html


def test_what_a_template_made_stands_in_another_as_it_is_and_words_are_escaped() -> None:
    row = html("notice", text="<script>", is_error=False, command="")
    shown = html("others", groups=[("gained", [row])], headings={"gained": "Answered now"})
    assert row in shown
    assert "<script>" not in shown
