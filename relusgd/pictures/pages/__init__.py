"""HTML: the page of a run, the lab, and what the cells of notebooks show.

`assets/` holds the markup, styles and scripts.
"""
