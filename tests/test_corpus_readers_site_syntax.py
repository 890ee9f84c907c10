"""What generators of static sites write into Markdown is not text; what it would print there is asked for."""

import pytest

from corpus.readers.markdown import read_markdown

BODY = "Iron is needed by the cells."


def text_of(syntax: str) -> str:
    return read_markdown(f"# Iron\n\n{syntax}").text.removeprefix("Iron\n\n")


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        (f"{BODY} %% ask Ann %%", BODY),
        (f"%%\nask Ann\n%%\n\n{BODY}", BODY),
        (f"{{% include toc.html %}}\n* TOC\n{{:toc}}\n\n{BODY}\n{{: .lead}}", BODY),
        (f"{{% highlight python %}}\nprint(1)\n{{% endhighlight %}}\n\n{BODY}", BODY),
        (f'{{{{< figure src="x.png" >}}}}\n\n{{{{% notice tip %}}}}\n{BODY}\n{{{{% /notice %}}}}', BODY),
        (f'import Tabs from "@theme/Tabs";\n\n<Tabs items={{["a", "b"]}}>{BODY}</Tabs>', BODY),
        (f":::warning[Ask first]\n{BODY}\n:::", f"Ask first\n\n{BODY}"),
        (f'!!! warning "Ask first"\n    {BODY}', f"Ask first\n\n{BODY}"),
        (f"> [!NOTE]\n> {BODY}", BODY),
        (f"> [!danger]- Never\n> {BODY}", f"Never\n\n{BODY}"),
        (f'=== "Children"\n    {BODY}', f"Children\n\n{BODY}"),
        (f'{{{{% tab "Children" %}}}}\n{BODY}\n{{{{% /tab %}}}}', f"Children\n\n{BODY}"),
        (f'<Tabs>\n  <TabItem label="Adults">{BODY}</TabItem>\n  <TabItem label="Children">None.</TabItem>\n</Tabs>',
         f"Adults\n\n{BODY}\n\nChildren\n\nNone."),
        ("Take {--four--} {++two++} {~~at noon~>at night~~}{>>sure?<<}.", "Take two at night."),
        (f"*[RLS]: Restless legs\n\n[[toc]]\n\n{BODY} ^iron-1", BODY),
        (f"{BODY}[^1]\n\n[^1]: Smith, 2010.", BODY),
        ("See [[Iron|the metal]] and ==mind== it.", "See the metal and mind it."),
        ("Values (<LOD) and (>LOQ) stay.", "Values (<LOD) and (>LOQ) stay."),
        ("Term\n: What it means.", "Term: What it means."),
        ("Before:\n\n- [x] write it down\n- [ ] ask", "Before: write it down; ask."),
        ("Signs are:  \nan urge  \nworse at rest", "Signs are: an urge; worse at rest."),
    ],
)  # fmt: skip
def test_the_syntax_of_sites_is_not_text(syntax: str, text: str) -> None:
    assert text_of(syntax) == text


def test_code_keeps_its_own_signs() -> None:
    assert text_of("```\n{{ x }} %% y %%\n```") == "{{ x }} %% y %%"


@pytest.mark.parametrize(
    "sentence",
    ["See {{ site.title }} for more.", "Take {props.dose} mg of it.", 'Take <Dose amount={5} unit="mg" /> of it.'],
)
def test_a_tag_within_a_sentence_may_print_words_so_it_is_asked_for(sentence: str) -> None:
    (doubt,) = read_markdown(f"# Iron\n\n{sentence}").doubts
    assert (doubt.sentence, "write them in its place" in doubt.reason) == (sentence, True)


def test_a_tag_that_stands_alone_and_prints_something_is_told() -> None:
    draft = read_markdown(f'# Iron\n\n<Dose amount={{5}} unit="mg" />\n\n{BODY}')
    assert [each.original for each in draft.alterations] == ['<Dose amount={5} unit="mg" />']


def test_braces_around_numbers_are_no_tag() -> None:
    assert read_markdown("# Iron\n\nThe set {1, 2} is not {}.").doubts == ()


def test_single_tildes_may_strike_out_so_they_are_asked_for() -> None:
    (doubt,) = read_markdown("# Iron\n\nTake ~four~ two tablets.").doubts
    assert doubt.sentence == "Take ~four~ two tablets."


def test_a_draft_is_asked_for() -> None:
    (doubt,) = read_markdown("---\ntitle: Iron\ndraft: true\n---\nIron is needed.").doubts
    assert "a draft" in doubt.reason


def test_struck_words_of_markdown_are_left_out_and_told() -> None:
    draft = read_markdown("# Tablets\n\nTake ~~four~~ two a day. ~~They are safe.~~ Ask first.")
    assert draft.text == "Tablets\n\nTake two a day. Ask first."
    assert [each.original for each in draft.alterations] == ["four", "They are safe."]


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Iron\nauthor:\n  name: Ann Example\ndate: 5 March 2024\n---\n",
        "---\ntitle: Iron\nauthors:\n  - name: Ann Example\n    title: Nurse\ndate: 2024-03-05 10:00:00 +0200\n---\n",
        '+++\ntitle = "Iron"\nauthor = "Ann Example"\ndate = 2024-03-05T10:00:00Z\n+++\n',
    ],
)
def test_front_matter_of_every_generator_is_read(front: str) -> None:
    draft = read_markdown(f"{front}\nIron is needed.")
    assert (draft.title, draft.author, str(draft.published)) == ("Iron", "Ann Example", "2024-03-05")
    assert draft.text == "Iron\n\nIron is needed."
