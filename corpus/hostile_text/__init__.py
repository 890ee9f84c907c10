"""What an article must not hold, found before a visitor could be shown it as what the article says.

    faults          an article → everything wrong with it, each fault with its place
    patterns        markup, links that run, orders to a machine
    disguises       a text without its disguises: entities decoded, look-alike and spaced-out letters put right
    web_addresses   which links are links to a page of a public site

An article is judged when it is added and whenever the corpus is checked, never while a question is answered: a server
needs `web_addresses` alone, so each file is imported by its own name and none of them here.
"""
