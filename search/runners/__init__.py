"""Runners: where the trials of a study are trained."""

from .choose import choose_runner
from .inline import InlineRunner
from .runner import Runner

__all__ = ["InlineRunner", "Runner", "choose_runner"]
