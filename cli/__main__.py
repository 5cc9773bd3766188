"""`python -m cli`: the `seatrial` command of the checkout that one stands in."""

import sys

from cli import main

sys.exit(main())
