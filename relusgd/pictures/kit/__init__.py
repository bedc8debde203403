"""What every picture is made of: a figure in pixels, its layout, axes, words, colours and files.

Nothing here knows a run or a network.
"""
