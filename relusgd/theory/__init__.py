"""Derivatives that one can see and check: computation graphs, central differences, and what each way costs."""
