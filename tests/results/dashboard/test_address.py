from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.dashboard.address import Address, read_address
from space.errors import InputError

NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
PREFIXES = st.sampled_from(["/", "/sizewise/", "/a/b/"])


@given(st.dictionaries(NAMES, TEXTS, max_size=8), PREFIXES)
def test_a_link_leads_back_to_its_view(values: dict[str, str], prefix: str) -> None:
    address = Address("/study", values)
    link = urlsplit(prefix.rstrip("/") + address.relative)
    assert read_address(link.path, "?" + link.query, prefix) == address


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_location_is_read(pathname: str, search: str) -> None:
    found = read_address(pathname, search, "/sizewise/")
    assert found.path.startswith("/")
    assert found == read_address(found.path, "?" + found.relative.partition("?")[2], "/")


@pytest.mark.parametrize("told", ["3,x", "-1", "²", "3;4", "1e3", "9" * 10, "", " , "])
def test_what_is_no_number_is_refused(told: str) -> None:
    assert Address("/compare", {"trials": "3, 14,15"}).numbers("trials") == [3, 14, 15]
    with pytest.raises(InputError, match="trials: must be numbers with commas"):
        Address("/compare", {"trials": told}).numbers("trials")


def test_a_choice_is_one_of_those_known_or_the_usual_one() -> None:
    view = Address("/study", {"x": "mac"})
    assert view.choice("tab", "growth", ["growth", "rungs"]) == "growth"
    with pytest.raises(InputError, match=r"x: must be one of params, macs, .* Did you mean 'macs'"):
        view.choice("x", "params", ["params", "macs"])
