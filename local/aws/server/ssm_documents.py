"""Systems Manager's documents: created, described, returned and deleted; nothing runs them.

Source: AWS Systems Manager API reference. Everything else of the service is ministack's.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from local.aws.server import ministack_instances, ministack_tables
from local.aws.server.cloudformation_handlers import Created, Properties, call_api
from local.aws.server.errors import AwsError
from local.aws.server.json_api import JsonApi
from local.aws.server.ministack_instances import HttpAnswer, ServiceHandler
from local.aws.server.scope import Scope

__all__ = ["SsmDocuments", "register_ssm_documents"]

_NAME_LENGTH = 128
_CREATE_ONLY = ["Attachments", "DocumentType", "Name"]
_PLATFORMS = ["Linux", "MacOS"]
"""What aws:runShellScript runs on (Systems Manager user guide, plug-in reference)."""
_TARGET = "AmazonSSM."


class SsmDocuments(JsonApi):
    """The operations on documents."""

    def __init__(self) -> None:
        self._documents: dict[tuple[Scope, str], dict[str, Any]] = {}
        operations = {
            "CreateDocument": self._create,
            "UpdateDocument": self._update,
            "DescribeDocument": self._describe,
            "GetDocument": self._get,
            "DeleteDocument": self._delete,
        }
        super().__init__("ssm", _TARGET, operations)
        self.operations = frozenset(operations)

    def find(self, scope: Scope, name: str) -> dict[str, Any] | None:
        """Return a document's record; None if there is none."""
        return self._documents.get((scope, name))

    def _existing(self, scope: Scope, name: str) -> dict[str, Any]:
        record = self.find(scope, name)
        if record is None:
            raise AwsError("InvalidDocument", f"Document with name {name} does not exist.")
        return record

    def _create(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        if self.find(scope, request["Name"]) is not None:
            raise AwsError("DocumentAlreadyExists", "The specified document already exists.")
        record = {
            "DocumentFormat": "JSON",
            "DocumentType": "Command",
            "TargetType": "/",
            **request,
            "Owner": scope.account_id,
            "CreatedDate": time.time(),
            "Status": "Active",
            "DocumentVersion": "1",
            "LatestVersion": "1",
            "DefaultVersion": "1",
            "PlatformTypes": _PLATFORMS,
            **_of_content(request["Content"]),
        }
        self._documents[scope, request["Name"]] = record
        return {"DocumentDescription": record}

    def _update(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """UpdateDocument: a new version, which becomes the latest and, for a stack, the default."""
        record = self._existing(scope, request["Name"])
        version = str(int(record["LatestVersion"]) + 1)
        record.update(
            Content=request["Content"], LatestVersion=version, DocumentVersion=version, DefaultVersion=version
        )
        record.update({name: request[name] for name in ("TargetType", "DocumentFormat") if name in request})
        record.update(_of_content(request["Content"]))
        return {"DocumentDescription": record}

    def _describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        return {"Document": self._existing(scope, request["Name"])}

    def _get(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._existing(scope, request["Name"])

    def _delete(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        self._existing(scope, request["Name"])
        del self._documents[scope, request["Name"]]
        return {}


def _of_content(content: str) -> dict[str, Any]:
    """Return what DescribeDocument answers of a document's content."""
    try:
        document = json.loads(content)
    except ValueError:
        raise AwsError("InvalidDocumentContent", "The content of the document is no JSON.") from None
    if not isinstance(document, dict) or "schemaVersion" not in document:
        raise AwsError("InvalidDocumentContent", "The content of the document has no schemaVersion.")
    return {
        "SchemaVersion": document["schemaVersion"],
        "Description": document.get("description", ""),
        "Hash": hashlib.sha256(content.encode()).hexdigest(),
        "HashType": "Sha256",
        "Parameters": [
            {
                "Name": name,
                "Type": parameter["type"],
                "Description": parameter.get("description", ""),
                "DefaultValue": parameter.get("default", ""),
            }
            for name, parameter in document.get("parameters", {}).items()
        ],
    }


class _Handlers:
    """CloudFormation's handlers of ``AWS::SSM::Document``; ``Ref`` returns the name."""

    def __init__(self, api: SsmDocuments) -> None:
        self._api = api

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        """Create the document under its own name or a generated one."""
        name = properties.get("Name") or ministack_tables.physical_name(stack, logical_id, _NAME_LENGTH)
        self._call(
            "CreateDocument", {**_members(properties), "Name": name, "Tags": properties.get("Tags", [])}
        )
        return name, {}

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Created:  # noqa: ARG002 - the engine's signature
        """Make a new version where the content changed, and take over the tags."""
        if _members(old) != _members(new):
            members = {name: value for name, value in _members(new).items() if name != "DocumentType"}
            self._call("UpdateDocument", {**members, "Name": physical_id, "DocumentVersion": "$LATEST"})
        record = self._api.find(ministack_tables.current_scope(), physical_id)
        if record is not None:
            record["Tags"] = list(new.get("Tags", []))
        return physical_id, {}

    def delete(self, physical_id: str, properties: Properties) -> None:  # noqa: ARG002 - the engine's signature
        """Delete the document; one that is gone already is no error."""
        if self._api.find(ministack_tables.current_scope(), physical_id) is not None:
            self._call("DeleteDocument", {"Name": physical_id})

    def _call(self, name: str, request: Mapping[str, Any]) -> None:
        call_api(self._api, "Ssm", name, request)


def _members(properties: Properties) -> dict[str, Any]:
    """Return what an operation takes: the content as text, and nothing that steers CloudFormation alone."""
    content = properties["Content"]
    named: dict[str, Any] = {
        name: properties[name]
        for name in ("DocumentType", "DocumentFormat", "TargetType")
        if name in properties
    }
    return {**named, "Content": content if isinstance(content, str) else json.dumps(content)}


def register_ssm_documents(api: SsmDocuments) -> None:
    """Teach the gateway the operations, and CloudFormation the type."""

    def wrap(others: ServiceHandler) -> ServiceHandler:
        async def handle(
            method: str, path: str, headers: dict[str, Any], body: bytes, query: dict[str, Any]
        ) -> HttpAnswer:
            target = headers.get("x-amz-target", "")
            if target.removeprefix(_TARGET) in api.operations:
                return api.answer(ministack_tables.current_scope(), target, body)
            return await others(method, path, headers, body, query)

        return handle

    ministack_instances.wrap_service("ssm", wrap)
    handlers = _Handlers(api)
    ministack_tables.register_resource_type(
        "AWS::SSM::Document",
        {"create": handlers.create, "update": handlers.update, "delete": handlers.delete},
        _CREATE_ONLY,
        tag_property="Tags",
    )
