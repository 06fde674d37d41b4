"""`python -m understudy`: the same as the `understudy` command."""

from __future__ import annotations

import sys

from understudy.cli.main import main

sys.exit(main())
