"""The pages, in the order in which the navigation names them."""

from typing import Final

from ..page import Page
from . import compare, studies, study, trial

PAGES: Final[tuple[Page, ...]] = (studies, study, trial, compare)
