"""The CDK app: one deployment file's stacks, synthesized.

`cdk synth`, `cdk diff` and `cdk deploy` run this; so can `python app.py`, which writes ``cdk.out`` by itself.
``-c deployment=deployments/X.yaml`` chooses the file.
"""

import gc
import os
import sys
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent

# `constructs/` is a source root, like `src/`; where `pip install -r requirements.txt` is all that was done,
# nothing else puts it on the path.
sys.path.append(str(PROJECT_ROOT / "constructs"))

# One short run: looking for cycles would take a sixteenth of its time and find nothing worth freeing.
gc.disable()

# Without this, pydantic reads every installed distribution's entry points in search of plug-ins.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# The environment's own Node, if it has one: jsii would take whichever is first on PATH.
_NODE = Path(sys.executable).with_name("node")
if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))


def main() -> int:
    """Synthesize; return the exit status, having said on stderr what is wrong."""
    from spec import DeploymentFileError  # noqa: PLC0415 - found on the path set above
    from stacks import StacksError, build_app  # noqa: PLC0415 - likewise

    try:
        build_app(PROJECT_ROOT).synth()
    except (DeploymentFileError, StacksError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is the program
        return 1
    except RuntimeError as error:  # how jsii raises what the CDK throws
        if not str(error).startswith("ValidationFailed"):
            raise
        print(error, file=sys.stderr)  # noqa: T201 - the CDK has printed the findings
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
