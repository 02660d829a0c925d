"""``python -m search.command`` is the command ``sizewise``."""

from .app import main

main()
