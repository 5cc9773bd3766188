import ast
import json
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

_PROJECT_ROOT = Path(__file__).resolve().parents[4]
_SERVER = _PROJECT_ROOT / "local" / "aws" / "server"
_SOURCES = [
    _SERVER / f"ministack_{name}.py"
    for name in ("cloudwatch", "codebuild", "instances", "refusals", "s3", "tables", "vpc")
]

_CHECK = """
import importlib, inspect, json, sys
found = {}
for module, names in json.loads(sys.argv[1]).items():
    loaded = importlib.import_module(module)
    for name in names:
        value = getattr(loaded, name, None)
        found[f"{module}.{name}"] = (
            None if value is None
            else list(inspect.signature(value).parameters) if inspect.isfunction(value)
            else type(value).__name__
        )
print(json.dumps(found))
"""


def _private_names() -> dict[str, list[str]]:
    """Return every name of ministack's that the sources touch, by module."""
    names: dict[str, set[str]] = {}
    for source in _SOURCES:
        tree = ast.parse(source.read_text(encoding="utf-8"))
        modules = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack")
            for alias in node.names
        }
        touched = (
            (node.value.id, node.attr)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        )
        for module, name in touched:
            if module in modules:
                names.setdefault(modules[module], set()).add(name)
    return {module: sorted(found) for module, found in names.items()}


@pytest.fixture(scope="module")
def found() -> dict[str, object]:
    """What the installed ministack has under these names: parameters of functions, else types."""
    python = str(_PROJECT_ROOT / ".venv-aws" / "bin" / "python")
    done = subprocess.run(
        [python, "-c", _CHECK, json.dumps(_private_names())], stdout=subprocess.PIPE, text=True, check=True
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_every_name_that_we_touch_exists(found: dict[str, object]) -> None:
    """The pinned ministack has each private name, and there are names to check."""
    assert len(found) > 20
    assert [name for name, value in found.items() if value is None] == []


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("ministack.services.cloudformation.stacks._runs_on_worker_thread", ["resource_type"]),
        (
            "ministack.services.cloudformation.provisioners._physical_name",
            ["stack_name", "logical_id", "lowercase", "max_len", "seeded"],
        ),
        ("ministack.services.cloudformation.provisioners._ec2_sg_permissions", ["rules"]),
        ("ministack.services.ec2._sg_rule_id", ["sg_id", "is_egress", "rule"]),
        ("ministack.services.s3._put_bucket_encryption", ["name", "body"]),
        (
            "ministack.services.cloudwatch._store_datum",
            ["namespace", "name", "dims", "ts", "unit", "value", "values", "counts", "stat_values"],
        ),
        (
            "ministack.services.cloudwatch._put_metric_alarm",
            ["params", "cbor_data", "is_cbor", "is_json"],
        ),
        ("ministack.services.cloudwatch._evaluate_alarm", ["alarm"]),
        (
            "ministack.services.cloudwatch._dispatch_alarm_actions",
            ["alarm", "old_state", "new_state", "reason"],
        ),
        ("ministack.services.cloudwatch._stat_value", ["stats", "stat_name", "points"]),
        ("ministack.services.ec2._error", ["code", "message", "status"]),
        ("ministack.core.iam_evaluator._gather_role_policies", ["role_name", "account_id"]),
        ("ministack.core.iam_evaluator._service_principal_matches", ["principal", "service"]),
        ("ministack.core.iam_evaluator.evaluate", ["ctx", "policies", "limits"]),
    ],
)
def test_functions_that_we_call_take_what_we_give(
    found: dict[str, object], name: str, parameters: list[str]
) -> None:
    """The parameters are those that the calls were written for."""
    assert found[name] == parameters


@pytest.mark.parametrize(
    ("name", "type_name"),
    [
        ("ministack.services.cloudformation.provisioners._RESOURCE_HANDLERS", "dict"),
        ("ministack.services.cloudformation.provisioners._REPLACING_PROPERTIES", "dict"),
        ("ministack.services.cloudformation.provisioners._STACK_TAG_PROPERTY", "dict"),
        ("ministack.core.router.SERVICE_PATTERNS", "dict"),
        ("ministack.app.SERVICE_HANDLERS", "dict"),
        ("ministack.services.ec2._ACTION_MAP", "dict"),
        ("ministack.services.ec2._flow_logs", "AccountRegionScopedDict"),
        ("ministack.services.ec2._instances", "AccountRegionScopedDict"),
        ("ministack.services.ec2._volumes", "AccountRegionScopedDict"),
        ("ministack.services.ssm._PUBLIC_AMI_PARAMETERS", "dict"),
        ("ministack.services.ec2._vpc_endpoints", "AccountRegionScopedDict"),
        ("ministack.services.ec2._security_groups", "AccountRegionScopedDict"),
        ("ministack.services.cloudwatch._metrics", "AccountRegionScopedDict"),
        ("ministack.services.cloudwatch._alarms", "AccountRegionScopedDict"),
        ("ministack.services.cloudwatch._composite_alarms", "AccountRegionScopedDict"),
        ("ministack.services.iam._roles", "AccountScopedDict"),
        ("ministack.services.s3._buckets", "AccountScopedDict"),
    ],
)
def test_tables_that_we_write_are_the_tables_they_were(
    found: dict[str, object], name: str, type_name: str
) -> None:
    """A table has the type that the code relies on."""
    assert found[name] == type_name


def test_no_other_file_touches_ministack() -> None:
    """The emulator is imported in these files alone."""
    importing = [
        path for path in sorted(_SERVER.rglob("*.py")) if "from ministack" in path.read_text(encoding="utf-8")
    ]
    assert importing == _SOURCES
