"""What every test starts from."""

import os
import sys
from pathlib import Path

# jsii takes the first `node` on PATH, which may be one that it no longer supports; app.py does the same.
_NODE = Path(sys.executable).with_name("node")
if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))

# Tests choose their own ports; a laptop's AWS of the user's own must not lend them its.
for _variable in ("SEATRIAL_LOCAL_PORT", "SEATRIAL_LOCAL_RUNTIME_PORT"):
    os.environ.pop(_variable, None)
