"""`python -m backproof`."""

import sys

from .cli import main

sys.exit(main())
