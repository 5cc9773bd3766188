"""The JSON Schema of deployment files: ``python -m spec.schema`` writes it, with ``--check`` compares it.

Editors complete and check deployment files with it, and our own messages take from it what is allowed where,
so that a limit is written down once.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from catalogue.generated import check_generated, write_generated
from spec.deployment import Deployment

__all__ = ["SCHEMA_PATH", "deployment_schema", "main", "schema_text"]

SCHEMA_PATH = Path(__file__).with_name("deployment.schema.json")
"""Where the generated schema stands, checked in."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _DeploymentJsonSchema(GenerateJsonSchema):
    """Pydantic's schema without generated titles, and with the names of entries held to their rules."""

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        # pydantic writes patternProperties, which lets every entry pass whose name is wrong
        written: JsonSchemaValue = {"type": "object"}
        if "values_schema" in schema:
            written["additionalProperties"] = self.generate_inner(schema["values_schema"])
        if "keys_schema" in schema:
            names = self.generate_inner(schema["keys_schema"])
            written["propertyNames"] = {rule: names[rule] for rule in names if rule != "type"}
        self.update_with_validations(written, schema, self.ValidationsMapping.object)
        return written

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's signature
        return False

    def get_title_from_name(self, name: str) -> str:
        return name


@cache
def deployment_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of deployment files; callers share it and must not change it."""
    schema = Deployment.model_json_schema(schema_generator=_DeploymentJsonSchema, mode="validation")
    return {"$schema": _DIALECT, **schema}


def schema_text() -> str:
    """Return the schema as the text of its file: sorted, so that it is the same wherever it is generated."""
    return json.dumps(deployment_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the schema file or, with ``--check``, compare it.

    Returns:
        The exit code: 0, or 1 where ``--check`` finds the file missing or stale.
    """
    parser = argparse.ArgumentParser(prog="python -m spec.schema", description="Generate the JSON Schema.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is stale")
    if parser.parse_args(arguments).check:
        complaint = f"spec/{SCHEMA_PATH.name} does not fit the models in spec/; run `python -m spec.schema`"
        return check_generated(SCHEMA_PATH, schema_text(), complaint)
    write_generated(SCHEMA_PATH, schema_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
