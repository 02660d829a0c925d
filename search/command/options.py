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
NameOption = Annotated[str | None, typer.Option(help="What to call the study.", show_default=False)]
TrialsOption = Annotated[
    int | None, typer.Option(help="Trials to train, in place of the job's.", show_default=False)
]
WorkersOption = Annotated[
    int | None, typer.Option(help="Workers, in place of the job's.", show_default=False)
]
StudyArgument = Annotated[
    str, typer.Argument(metavar="STUDY", help="Name of a study.", show_default=False)
]
TrialArgument = Annotated[
    int | None, typer.Argument(metavar="[TRIAL]", help="Number of a trial.", show_default=False)
]
