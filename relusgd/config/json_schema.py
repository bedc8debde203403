"""The JSON schema of the config, for editors and for checks by other programs."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from relusgd.config.keys import known_keys
from relusgd.config.schema import Config, SweepSection
from relusgd.config.section import BESIDE_THE_RUN, Section
from relusgd.config.values import FrozenMapping

TITLE = "relusgd config"


class _Generator(GenerateJsonSchema):
    """Without the titles that pydantic makes out of the names of keys."""

    # The base class says how it is called.
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def encode_default(self, dft: Any) -> Any:
        """Immutable mappings too, which pydantic does not know."""
        if isinstance(dft, FrozenMapping):
            return dict(dft)
        return super().encode_default(dft)


def json_schema() -> dict[str, Any]:
    """A JSON schema (draft 2020-12) of a config file: what each key takes, its default and meaning.

    Shape and bounds are in it. What must hold between keys is not: only `load_config` compares the
    length of an elbow list with the width.
    """
    schema = Config.model_json_schema(schema_generator=_Generator)
    sweep = schema["$defs"][SweepSection.__name__]["properties"]
    names = {"enum": [key for key in known_keys() if key not in BESIDE_THE_RUN]}
    sweep["grid"]["propertyNames"] = names
    sweep["cases"]["additionalProperties"]["propertyNames"] = names
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": TITLE,
    }


def schema_text() -> str:
    """The schema as a file holds it."""
    return json.dumps(json_schema(), indent=2) + "\n"


@cache
def properties(section: type[Section]) -> dict[str, Any]:
    """Key → JSON schema of every key in a section."""
    schema = section.model_json_schema(schema_generator=_Generator)
    if "properties" not in schema:
        # A section that other sections of its schema refer to stands among the definitions.
        schema = schema["$defs"][section.__name__]
    found: dict[str, Any] = schema["properties"]
    return found
