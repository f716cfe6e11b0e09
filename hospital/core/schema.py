"""What the OpenAPI schema says about every operation."""

from typing import Any

from hospital.core.problems import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "description": "A refusal or an error (RFC 9457). Clients branch on `code`.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {},
            "description": "Of `invalid-request`: what is wrong with each field.",
        },
    },
    "additionalProperties": {},
}


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the problem document as the answer of every operation to whatever goes wrong."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    answer = {
        "description": "A problem document.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("default", answer)
    return result
