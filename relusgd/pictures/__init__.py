"""Histories into stills and films. A painter takes a History and a Dataset, never a folder, and never trains."""
