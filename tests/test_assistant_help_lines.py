import pytest

from assistant.help_lines import ANYWHERE, help_lines, regions


def test_a_region_shows_its_emergency_number_first_then_its_crisis_line() -> None:
    assert help_lines("GB", "urgent.crisis", emergency_label="Emergency number") == [
        "Emergency number: 999",
        "Samaritans: 116 123",
    ]


def test_poisoning_shows_the_poison_line_and_no_crisis_line() -> None:
    assert help_lines("US", "urgent.poison", emergency_label="Emergency number") == [
        "Emergency number: 911",
        "Poison Help: 1-800-222-1222",
    ]


def test_a_body_in_danger_shows_the_emergency_number_alone() -> None:
    assert help_lines("DE", "urgent.emergency", emergency_label="Notruf") == ["Notruf: 112"]


def test_anywhere_shows_no_number_of_a_region_that_the_visitor_may_not_be_in() -> None:
    assert help_lines(ANYWHERE, "urgent.emergency", emergency_label="Emergency number") == []
    assert help_lines(ANYWHERE, "urgent.crisis", emergency_label="Emergency number") == [
        "Find A Helpline: https://findahelpline.com"
    ]


@pytest.mark.parametrize("region", regions())
def test_every_region_has_an_emergency_number_and_somebody_to_talk_to(region: str) -> None:
    table = regions()[region]
    assert table["emergency"].replace(" / ", "").isdigit()
    for helper in [*table["crisis"], *table.get("poison", [])]:
        assert helper["name"]
        assert ("number" in helper) != ("web" in helper)
