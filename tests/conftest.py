"""What every test starts from."""

import os
import sys
from pathlib import Path

# jsii takes the first `node` on PATH, which may be one that it no longer supports; app.py does the same.
_NODE = Path(sys.executable).with_name("node")
if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))
