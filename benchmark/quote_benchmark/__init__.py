"""Labelled questions on articles, put to any system that quotes, and judged by what a visitor would see.

    sets          which questions on which articles (sets.toml): those that measure, and those that all may learn from
    system        what a system's file imports: the articles come in, questions come in, quotes go out
    systems       such files: this project's own assistant, four open peers, any address that speaks HTTP
    running       a system in a process and an environment of its own, one question after the other
    judging       an answer held against its label; counts with their intervals
    table         the results of one run, as a page

Flows in: questions and articles. Flows out: a table. Nothing here knows how a system works, and nothing needs a package.
"""
