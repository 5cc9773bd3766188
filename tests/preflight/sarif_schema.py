"""What SARIF 2.1.0 and GitHub's code scanning ask of what Seatrial writes, as a JSON schema.

Sources: OASIS SARIF 2.1.0, the properties of each object (nothing else may stand in one); GitHub Docs, "SARIF
support for code scanning", supported properties: what is required there, and the limits of length.
"""

from typing import Any

__all__ = ["SARIF"]

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
SHORT: Schema = {**TEXT, "maxLength": 1024}
NAME: Schema = {**TEXT, "maxLength": 255}
LEVEL: Schema = {"enum": ["none", "note", "warning", "error"]}
SEVERITY: Schema = {"enum": ["error", "warning", "recommendation"]}


def whole(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """Return the schema of an object with these properties and no others."""
    properties = {**required, **(optional or {})}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def each(items: Schema, least: int = 0) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "minItems": least, "items": items}


MESSAGE = whole({"text": TEXT})
DESCRIPTION = whole({"text": SHORT})
HELP = whole({"text": TEXT}, {"markdown": TEXT})
TAGS: Schema = {"type": "array", "uniqueItems": True, "items": TEXT}
DESCRIPTOR = whole(
    {"id": NAME, "shortDescription": DESCRIPTION, "fullDescription": DESCRIPTION, "help": HELP},
    {
        "name": NAME,
        "helpUri": {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:"},
        "defaultConfiguration": whole({"level": LEVEL}),
        "properties": whole({"tags": TAGS, "problem.severity": SEVERITY}),
    },
)
ARTIFACT = {
    "anyOf": [
        whole(
            {
                # A relative reference (RFC 3986, 4.2): no scheme, no leading slash, nothing unescaped.
                "uri": {"type": "string", "pattern": "^(?!/)[A-Za-z0-9._~!$&'()*+,;=@/%-]+$"},
                "uriBaseId": {"const": "SRCROOT"},
            }
        ),
        whole({"uri": {"type": "string", "pattern": "^file:///[A-Za-z0-9._~!$&'()*+,;=:@/%-]+$"}}),
    ]
}
LOCATION = whole(
    {
        "physicalLocation": whole(
            {"artifactLocation": ARTIFACT, "region": whole({"startLine": {"type": "integer", "minimum": 1}})}
        )
    },
    {"logicalLocations": each(whole({"fullyQualifiedName": TEXT}), least=1)},
)
SUPPRESSION = whole(
    {"kind": {"enum": ["inSource", "external"]}},
    {"status": {"enum": ["accepted", "underReview", "rejected"]}, "justification": TEXT},
)
RESULT = whole(
    {
        "message": MESSAGE,
        "locations": {**each(LOCATION, least=1), "maxItems": 10},
        "partialFingerprints": whole({"primaryLocationLineHash": TEXT}),
        # Where one result says so, all have to (SARIF 2.1.0, 3.27.23).
        "suppressions": {**each(SUPPRESSION), "uniqueItems": True},
    },
    {"ruleId": NAME, "ruleIndex": {"type": "integer", "minimum": 0}, "level": LEVEL},
)
RUN = whole(
    {
        "tool": whole({"driver": whole({"name": TEXT, "rules": {**each(DESCRIPTOR), "uniqueItems": True}})}),
        "results": each(RESULT),
    },
    {
        "originalUriBaseIds": {
            "type": "object",
            "additionalProperties": whole({"description": MESSAGE}),
        }
    },
)
SARIF = whole(
    {
        "$schema": {"type": "string", "pattern": "^https://.*sarif-schema-2\\.1\\.0\\.json$"},
        "version": {"const": "2.1.0"},
        "runs": each(RUN, least=1),
    }
)
"""Of a whole log."""
