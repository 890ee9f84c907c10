"""How good the answers are: figures beside their limits, as JSON and as one HTML page that needs nothing else.

    labelled      labelled questions, and answers held against them
    figures       every figure, declared once: what it counts, which way is better, its limit
    held_out      rows that were judged by models which had not seen them
    risk_control  held-out rows → how many of the quotes shown do not answer, at most
    measures      outcomes → plain values: figures, tables, curves, mistakes
    page          plain values → HTML (base.html, page.html, page.css); refresh and gaps use it too
    report        what `make evaluate` prints and keeps

The page shows nothing but the plain values, so all of it stands in the JSON.
"""
