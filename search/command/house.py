"""Are the four packages the ones that belong together?"""

from importlib.util import find_spec
from pathlib import Path

from space.errors import InputError

PACKAGES = ("search", "results", "trainers", "space")


def check_house() -> None:
    """Refuse to start where another package of the same name hides one of ours.

    Ray's workers look into the working directory first, so a package there hides ours from them
    even where this process has found the right one.

    Raises:
        InputError: With both paths.
    """
    home = _root("search")
    here = Path.cwd().resolve()
    for name in PACKAGES:
        root = here if (here / name / "__init__.py").exists() else _root(name)
        if root != home:
            raise InputError(
                f"package {name}",
                f"search, results, trainers and space must be those of one folder ({home})",
                str(root),
                "Another package of that name hides ours: change the folder or the Python path.",
            )


def _root(name: str) -> Path | None:
    spec = find_spec(name)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]).resolve().parent if places else None
