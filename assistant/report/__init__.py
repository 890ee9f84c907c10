"""The evaluation report: figures beside their limits, and pictures, as JSON and as one HTML page that needs nothing else.

    limits      what the figures have to reach
    measures    outcomes → plain values: figures, tables, curves, mistakes
    charts      plain values → coordinates of pictures
    page        both → HTML (page.html, charts.html, page.css)

The page is drawn from the plain values alone, so whatever it shows stands in the JSON.
"""
