"""Web pages.

page         bytes → a draft: the article of a page, with what the page states of itself
region       which of the page's elements are the article
stated       title, author, date and publisher, where the page states them
no_article   pages that are none: errors, checks for bots, notices, lists of articles
"""
