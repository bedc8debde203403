"""Runs against each other: grouped by what differs but their seeds, in a table, in sentences and in a picture."""
