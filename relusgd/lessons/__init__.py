"""Lessons: a sheet of questions with its answers, made from runs of its own.

`lesson` has what a lesson file holds and `reading` reads it, with `file_faults`; `commands` are the
lines that stand in it, run by a `program`; `placeholders` are the numbers of a text and `measuring`
finds them in runs; `building` trains, draws and puts the folder together, by `page` and `sheets`. A
lesson draws and trains by commands alone, the same that its reader may type.
"""
