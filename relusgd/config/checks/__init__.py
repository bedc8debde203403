"""Checks between keys of one config.

A new check is a function with `@check(subject, other keys it reads)` in the module of its section.
Its name says what must hold; it returns the fault, or None.
"""

from __future__ import annotations

from relusgd.config.checks import of_data, of_network, of_training
from relusgd.config.checks.check import cross_faults as cross_faults
from relusgd.config.checks.of_network import layers_fault as layers_fault
from relusgd.config.checks.of_network import output_bias_fault as output_bias_fault

SECTIONS = (of_data, of_network, of_training)
"""The modules in which checks register themselves."""
