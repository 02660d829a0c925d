"""Are the four packages the ones that belong together?"""

from importlib.util import find_spec
from pathlib import Path

from space.errors import InputError

PACKAGES = ("search", "results", "trainers", "space")


def check_house() -> None:
    """Refuse to start when another package of the same name hides one of ours.

    Raises:
        InputError: With both paths.
    """
    roots = {name: _root(name) for name in PACKAGES}
    home = roots["search"]
    for name, root in roots.items():
        if root != home:
            raise InputError(
                f"package {name}",
                f"search, results, trainers and space must lie in one folder ({home})",
                str(root),
                "Another package of that name hides ours: change the folder or the Python path.",
            )


def _root(name: str) -> Path | None:
    spec = find_spec(name)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]).resolve().parent if places else None
