"""The pages, in the order in which the navigation names them."""

from typing import Final

from ..page import Page
from . import studies, study, trial

PAGES: Final[tuple[Page, ...]] = (studies, study, trial)
