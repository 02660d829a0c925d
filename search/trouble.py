"""What ends a study early although nothing is wrong with its job."""

from __future__ import annotations


class Trouble(RuntimeError):  # noqa: N818 - the study is well, its surroundings are not
    """The place where a study runs or is kept broke down; the study can be resumed."""
