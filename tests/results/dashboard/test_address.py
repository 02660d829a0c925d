from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from results.dashboard.address import Address, read_address

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


def test_numbers_leave_out_what_is_none() -> None:
    assert Address("/compare", {"trials": "3, 14,x,-1,²,15"}).numbers("trials") == [3, 14, 15]
    assert Address("/compare").numbers("trials") == []


def test_a_changed_view_forgets_what_is_none() -> None:
    view = Address("/study", {"name": "digits", "x": "macs"})
    assert view.changed(x=None, sort="params").query == {"name": "digits", "sort": "params"}
    assert view.query == {"name": "digits", "x": "macs"}
