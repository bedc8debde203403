"""Frames into files: GIF with one palette, and MP4 by an encoder of its own process.

Nothing here draws.
"""
