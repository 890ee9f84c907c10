"""Questions that nobody answered: which subjects visitors ask for in vain, so that a maintainer knows what to write next.

    topics      the encoding of a question → the name of a subject, out of a fixed list (topics.toml)
    recorder    counts while a server answers; writes one small file, off the request path
    report      the counts as a table and as a page (gaps.html)

Off unless RECORD_GAPS is on. Not a word of a question is kept, nor its encoding, its time, its address or its order: only
that one more question in this week was about this subject.
"""
