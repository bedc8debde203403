"""Histories into stills, films and pages.

Pictures take a History and a Dataset, never a folder, and never train. Each of the five has its own
file: `single` (a run), `grid` (several runs), `story` (a run from start to end), `comparison` and
`sweep`. The kit that they are made of stands beside them: `sheet` (a figure in pixels), `stack`
(the layout), `axis`, `scales`, `view`, `look`, `marks`, `legend`, `header`, `panels`, `panel_head`,
`curve_panel`, `error_panel` and `error_chart`. `stills` writes a picture to a file, `painter` makes
the frames of a film, `frames` chooses them, `film`, `gif` and `mp4` write them; `page` writes the
HTML page from `page_data` and `assets/`. `text_fit` measures texts, `number_text` writes numbers of
fixed digits. A new picture is a new file that asks a Stack for its rows and fills them with
panels.
"""
