"""Options that several commands share."""

from typing import Annotated

import typer

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="SIZEWISE_STORE",
        metavar="URL",
        help="Database of the studies.  [default: sqlite:///runs/sizewise.db]",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
JobArgument = Annotated[
    str,
    typer.Argument(
        metavar="JOB", help="A job file (YAML), or the built-in job: digits.", show_default=False
    ),
]
StudyArgument = Annotated[
    str, typer.Argument(metavar="STUDY", help="Name of a study.", show_default=False)
]
TrialArgument = Annotated[
    int | None, typer.Argument(metavar="[TRIAL]", help="Number of a trial.", show_default=False)
]
