"""The version of relusgd, said once; the build reads it here."""

__version__ = "0.2.0"
