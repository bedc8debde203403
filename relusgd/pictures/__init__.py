"""Histories into stills, films and pages.

Pictures take a History and a Dataset, never a folder, and never train. The rooms, from the ground
up; each may import from the ones before it:

kit: a figure in pixels, its layout, axes, words, colours and files. scenes: what there is to see of
a snapshot. moments: which snapshots are shown, and how fast. panels, charts, storeys: the three
kinds of pictures. step: one training step. encoding: GIF and MP4. films: frames painted and
encoded. features: what a network has learned. pages: HTML.

A new picture is a new file that asks a `kit.stack.Stack` for its rows and fills them with parts.
"""
