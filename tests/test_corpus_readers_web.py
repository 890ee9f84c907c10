"""A page is read as its reader sees it: nothing hidden or struck out, nothing lost from the article, nothing invented."""

from datetime import date

import pytest

from corpus.readers import Draft
from corpus.readers.web.page import read_web_page

FIRST = (
    "<p>Magnesium is a metal that muscles and nerves need, and a low store of it can make muscles twitch at night. A doctor "
    "can measure it in a sample of blood, although most of it lies in the bones and in the cells of muscles.</p>"
)
LAST = (
    "<p>Some tablets lower the store. Among them are several that drive water out of the body, and some against heartburn. "
    "Nobody should stop a tablet without asking the doctor who prescribed it.</p>"
)
TITLE = "Magnesium and muscles"


def page(
    inner: str = "", *, head: str = "", before: str = "", behind: str = "", heading: str = f"<h1>{TITLE}</h1>"
) -> Draft:
    title = "" if "<title" in head else f"<title>{TITLE}</title>"
    article = f"<main><article>{heading}{FIRST}{inner}{LAST}</article></main>"
    return read_web_page(
        f"<!doctype html><html><head>{title}{head}</head><body>{before}{article}{behind}</body></html>".encode()
    )


def reasons(draft: Draft) -> str:
    return " ".join(map(str, draft.doubts))


@pytest.mark.parametrize(
    "gone",
    [
        "<s>It is safe.</s>", "<del>It is safe.</del>", "<strike>It is safe.</strike>",
        "<span style='text-decoration: line-through'>It is safe.</span>", "<p hidden>It is safe.</p>",
        "<p style='display:none'>It is safe.</p>", "<style>.old{display:none}</style><p class='old'>It is safe.</p>",
        "<style>#gone {text-decoration:line-through}</style><p id='gone'>It is safe.</p>",
        "<p style='position:absolute; left:-9999px'>It is safe.</p>", "<p style='text-indent:-9999px'>It is safe.</p>",
        "<style>.a{position:absolute;width:1px;height:1px;overflow:hidden}</style><p class=a>It is safe.</p>",
        "<p style='clip-path:inset(100%)'>It is safe.</p>", "<p style='transform:scale(0)'>It is safe.</p>",
        "<p style='color:#fff;background:white'>It is safe.</p>", "<p style='opacity:0.01'>It is safe.</p>",
        "<p style='font-size:0.1px'>It is safe.</p>", "<span class='site-visually-hidden'>It is safe.</span>",
        "<p class='sr-only'>It is safe.</p>", "<form><label><input type=checkbox>It is safe.</label></form>",
    ],
)  # fmt: skip
def test_what_is_struck_out_or_hidden_is_not_text_and_is_told(gone: str) -> None:
    draft = page(f"<div>Ask first if you are pregnant, since nobody knows. {gone}</div>")
    assert "It is safe" not in draft.text
    assert "Ask first if you are pregnant, since nobody knows." in draft.text
    assert [(each.original, each.kept) for each in draft.alterations] == [("It is safe.", "")]
    assert draft.doubts == ()


@pytest.mark.parametrize(
    "seen",
    [
        "<p style='color:white;background:black'>{}</p>", "<p class='not-sr-only'>{}</p>", "<p style='left:-9999px'>{}</p>",
        "<p style='position:absolute;width:100px;height:1px'>{}</p>", "<p style='font-size:0.8em;opacity:0.4'>{}</p>",
    ],
)  # fmt: skip
def test_what_only_looks_as_if_it_were_hidden_is_read(seen: str) -> None:
    draft = page(seen.format("Ask first if you are pregnant, since nobody knows."))
    assert "Ask first if you are pregnant, since nobody knows." in draft.text


def test_a_cell_that_says_something_only_to_those_who_listen_is_read() -> None:
    head = "<tr><th>Drug</th><th>Safe</th></tr>"
    draft = page(f"<table>{head}<tr><td>Iron</td><td><i class=tick></i><span class=sr-only>no</span></td></tr></table>")
    assert "Drug — Iron: Safe — no." in draft.text


def test_what_a_button_right_before_it_opens_is_read() -> None:
    draft = page("<button>Show</button><div style='display:none'><p>Children can have it too, as often as others.</p></div>")
    assert "Children can have it too, as often as others." in draft.text


@pytest.mark.parametrize(
    "panel",
    [
        "<h2><button aria-expanded='false'>Can children have it?</button></h2><div hidden><p>{}</p></div>",
        "<button aria-controls='a1' aria-expanded='false'>Can children have it?</button><div id='a1' hidden><p>{}</p></div>",
        "<details><summary>Can children have it?</summary><p>{}</p></details>",
        "<button class='accordion'><h3>Can children have it?</h3></button><div style='display:none'><p>{}</p></div>",
        "<a role=tab href='#t'>Can children have it?</a><div role=tabpanel id=t hidden><p>{}</p></div>",
        "<button class=tab data-tab=t>Can children have it?</button><div id=t style='display:none'><p>{}</p></div>",
        "<input type=checkbox id=c><label for=c>Can children have it?</label><div style='display:none'><p>{}</p></div>",
        "<button onclick=\"show('t')\">Can children have it?</button><p>.</p><div id=t hidden><p>{}</p></div>",
        "<button aria-expanded=false><b>Can children have it?</b><i>+</i></button><div hidden><p>{}</p></div>",
    ],
)
def test_accordions_and_tabs_are_read_as_opened(panel: str) -> None:
    draft = page(panel.format("Children can have it too, and they often say that their legs hurt."))
    (section,) = [section for section in draft.sections if section.heading == "Can children have it?"]
    assert draft.text[section.start : section.end].startswith("Children can have it too")


@pytest.mark.parametrize(
    ("inner", "sentence"),
    [
        ("<p>Call for help if you have:</p><ul class=links><li><a href=/a>chest pain</a><li><a href=/b>a numb face</a></ul>",
         "Call for help if you have: chest pain; a numb face."),
        ("<p>Call for help if you have:</p><ol><li><a href=/a>chest pain</a><li>a numb face</ol>",
         "Call for help if you have: chest pain; a numb face."),
        ("<p>Signs are:<br>• an urge to move<br>• a twitch</p>", "Signs are: an urge to move; a twitch."),
        ("<p>Signs are:<br>an urge to move<br>a twitch</p>", "Signs are: an urge to move; a twitch."),
        ("<dl><dt>Cramp</dt><dd>A muscle that hurts</dd></dl>", "Cramp: A muscle that hurts."),
        ("<p>Avoid:</p><div><div class=i>tea after 2</div><div class=i>no nap</div></div>", "Avoid: tea after 2; no nap."),
        ("<p>1. Rest<br>2. Do not run<br>3. Drink 2 L</p>", f"{TITLE}: Rest; Do not run; Drink 2 L."),
        ("<h2>Do</h2><p>Step 1: wash<br>Step 2: dry<br>Step 3: do not rub</p>",
         "Do: Step 1: wash; Step 2: dry; Step 3: do not rub."),
        ("<p>Call Ann Example<br>High Street 5,<br>Example</p>", "Call Ann Example High Street 5, Example"),
    ],
)  # fmt: skip
def test_a_list_stays_with_what_leads_to_it(inner: str, sentence: str) -> None:
    draft = page(inner)
    assert sentence in draft.text
    assert draft.doubts == ()
    assert [span.of for span in draft.composed] == ["list"]


@pytest.mark.parametrize(
    ("inner", "written"),
    [
        ("10<sup>9</sup> cells", "10⁹ cells"),
        ("10<sup>2–3</sup> cells", "10^(2–3) cells"),
        ("10<sup>3.5</sup> cells", "10^3.5 cells"),
        ("10<span style='vertical-align: super'>9</span> cells", "10⁹ cells"),
        ("below 75<a class='fnref' href='#fn12'>12</a> on days", "below 75 on days"),
        ("below 75<sup><a href='#fn12'>12</a></sup> on days", "below 75 on days"),
        ("in m<sup>2</sup> of skin", "in m² of skin"),
        ("<a href='/x'>10<sup>9</sup> cells</a>", "10⁹ cells"),
        ("below <math><mn>0.75</mn></math> only", "below 0.75 only"),
        ("<math><msup><mn>10</mn><mn>6</mn></msup><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math>", "10⁶ = 1/2"),
        ("see chapter <a href='#c3'>3</a> there", "see chapter 3 there"),
        ("low in people<sup>5–7</sup> and", "low in people and"),
        ("not <math><mo>−</mo><mn>3</mn></math> but", "not −3 but"),
        ("<math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup></math> or", "x₁² or"),
        ("<math><mn>1</mn><mo>,</mo><mn>000</mn><annotation>1{,}000</annotation></math> of them", "1,000 of them"),
    ],
)
def test_a_number_is_kept_exactly(inner: str, written: str) -> None:
    draft = page(f"<p>In most of the people who were asked it was {inner} in the end.</p>")
    assert f"it was {written} in the end." in draft.text
    assert draft.doubts == ()


def test_a_formula_of_two_dimensions_is_a_doubt_with_its_sentence() -> None:
    draft = page("<p>The sum is <math><munderover><mo>∑</mo><mn>1</mn><mn>9</mn></munderover></math> in all people.</p>")
    assert "cannot be written in one line" in reasons(draft)
    assert "The sum is" in reasons(draft)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("<thead><tr><th rowspan=2>Group<th colspan=2>mmol/L<tr><th>Low<th>Normal</thead><tr><th>Men<td>0.7<td>0.9",
         "Men: mmol/L, Low — 0.7; mmol/L, Normal — 0.9."),
        ("<tr><td><b>Group</b><td><b>Low</b><td><b>Normal</b><tr><td>Men<td>0.7<td>0.9", "Men: Low — 0.7; Normal — 0.9."),
        ("<tr><th>Day<th>Open<tr><td>Monday<td><ul><li>9 to 12<li>14 to 17</ul><tr><td>Tuesday<td><p>closed",
         "Monday: Open — 9 to 12; 14 to 17."),
        ("<tr><th>Drug<th>Not with<tr><td>Iron<td><ul><li>tea<ul><li>black<li>green</ul><li>milk</ul>",
         "Iron: Not with — tea (black; green); milk."),
        ("<caption>Table 3. What to avoid</caption><tr><th>Drug<th>Not with<tr><td>Iron<td>tea",
         "What to avoid: Drug — Iron: Not with — tea."),
        ("<tr><th>Name<td>Not given<tr><th>Age<td>52", "Name: Not given."),
    ],
)  # fmt: skip
def test_a_cell_comes_with_all_its_headers(table: str, row: str) -> None:
    draft = page(f"<table>{table}</table>")
    assert row in draft.text
    assert draft.doubts == ()


def test_a_table_whose_header_nobody_marked_is_read_with_a_doubt_that_shows_the_row() -> None:
    draft = page("<table><tr><td>Group<td>Low<td>Normal<tr><td>Men<td>0.7<td>0.9</table>")
    assert "Men: Low — 0.7; Normal — 0.9." in draft.text
    assert [doubt.sentence for doubt in draft.doubts] == ["Group; Low; Normal"]


ELSEWHERE = [
    "<nav><ul><li><a href='/'>All about muscles</a></li></ul></nav>",
    "<div class='cookie-banner' role='dialog'><p>We use cookies to make this site work better for you.</p></div>",
    "<section class=related><h2>Related articles</h2><ul><li><a href=/x>Ten foods for better sleep</a></li></ul></section>",
    "<aside><h2>Newsletter</h2><p>Get our best articles in your inbox every week, free of charge.</p></aside>",
    "<footer><p>© 2026 Muscle Centre. All rights reserved.</p></footer>",
]


@pytest.mark.parametrize("chrome", ELSEWHERE)
@pytest.mark.parametrize("place", ["before", "behind", "inner"])
def test_what_stands_around_or_among_the_article_stays_out_and_is_no_loss(chrome: str, place: str) -> None:
    draft = page(**{place: chrome})
    assert draft.text.count("\n\n") == 2
    assert (draft.title, draft.doubts) == (TITLE, ())


def test_the_title_is_the_heading_that_the_page_states_not_the_name_of_its_site() -> None:
    head = f"<title>{TITLE} | Muscle Centre</title><meta property='og:title' content='{TITLE}'>"
    draft = page(head=head, before="<header><h1>Muscle Centre</h1></header>", heading=f"<h2>{TITLE}</h2>")
    assert draft.title == TITLE
    assert "Muscle Centre" not in draft.text


def test_a_page_that_states_no_title_has_none() -> None:
    assert page(head="<title>Home</title>", heading="").title == ""


LINKED = '<script type="application/ld+json">{"@type":%s}</script>'


@pytest.mark.parametrize(
    ("head", "inner", "author"),
    [
        ("", "<div class='author'>Username</div>", ""),
        ("", "<div class='author'>admin</div>", ""),
        ("", "<p class='byline'>By Ann Example, 5 March 2024</p>", "Ann Example"),
        ("<meta name='author' content='Ann Example'>", "", "Ann Example"),
        ("<meta name='author' content='https://example.org/ann'>", "", ""),
        (LINKED % '"Article","author":[{"name":"Ann Example"},{"name":"Bo Example"}]', "", "Ann Example, Bo Example"),
        (LINKED % '"Organization","name":"Muscle Centre"', "", ""),
        (LINKED % "", "", ""),
        ("", "<section class=comments><p class=author>By John Doe</p></section>", ""),
    ],
)  # fmt: skip
def test_an_author_is_stated_or_there_is_none(head: str, inner: str, author: str) -> None:
    assert page(inner, head=head).author == author


@pytest.mark.parametrize(
    ("head", "around", "published"),
    [
        ("", "<footer><p>© 2026 Muscle Centre</p></footer>", None),
        ("", "<p>In 2019-04-05 a study was published.</p>", None),
        ("<meta property='article:modified_time' content='2024-03-05'>", "", None),
        ("<meta property='article:published_time' content='2024-03-05T08:00:00Z'>", "", date(2024, 3, 5)),
        ('<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","datePublished":"2024-03-05"}]}</script>', "",
         date(2024, 3, 5)),
        ("", "<p>Published: 5th March 2024</p>", date(2024, 3, 5)),
        ("", "<p>Published on March 5, 2024</p>", date(2024, 3, 5)),
        ("", "<p>Published: 03/05/2024</p>", None),
        ("<meta property='article:published_time' content='0001-01-01T00:00:00'>", "", None),
        ("<meta property='article:published_time' content='2999-01-01'>", "", None),
        ("", "<div id=comments><p>Posted on March 5, 2024</p></div>", None),
    ],
)  # fmt: skip
def test_a_date_is_stated_or_there_is_none(head: str, around: str, published: date | None) -> None:
    assert page(head=head, behind=around).published == published


CARD = (
    "<div><h2><a href='/{0}'>Subject {0}</a></h2><p>Learn what causes subject {0} and what helps against it today.</p></div>"
)


@pytest.mark.parametrize(
    ("title", "body", "said"),
    [
        ("404 - Page not found", "<p>Sorry, it is not here. Use the search box above.</p>", "an error page"),
        ("Oops", "<p>We are sorry, the page that you asked for no longer exists on this site.</p>", "an error page"),
        ("Just a moment...", "<p>Checking your browser before you go on to the site.</p>", "a check for bots"),
        (
            "Muscles",
            "<p>We use cookies. By accepting cookies you consent to all cookies of ours.</p>",
            "a notice about cookies",
        ),
        ("Muscles A to Z", "".join(CARD.format(n) for n in range(8)), "a list of articles"),
        ("Muscles", "<p>Loading the page.</p>", "Little text was found"),
    ],
)
def test_a_page_that_is_no_article_says_what_it_looks_like(title: str, body: str, said: str) -> None:
    draft = read_web_page(f"<!doctype html><title>{title}</title><body><main><h1>{title}</h1>{body}</main>".encode())
    assert said in reasons(draft)


def test_a_tag_that_a_page_was_to_fill_in_is_told() -> None:
    assert "a tag that a site fills in" in reasons(page("<p>Take no more than {{ dose }} of them in a day.</p>"))


def test_a_page_that_one_form_holds_is_read() -> None:
    draft = read_web_page(
        f"<!doctype html><title>{TITLE}</title><body><form><h1>{TITLE}</h1>{FIRST}{LAST}<input value=x></form>".encode()
    )
    assert "Magnesium is a metal" in draft.text
