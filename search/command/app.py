"""The command ``sizewise``: its commands, and how errors reach the person."""

import sys

import typer

from space.errors import InputError

from .checking import doctor
from .cluster import jobs, logs, stop, submit
from .database import db
from .finals import finals
from .house import check_house
from .keeping import archive, delete, du, note, prune, rename, tag
from .looking import census, data, describe
from .outages import outage
from .predicting import predict
from .reading import front, list_studies, show
from .replaying import replay
from .saving import save
from .searching import repeat, resume, run
from .serving import dashboard
from .showing import compare, report
from .taking import export

app = typer.Typer(
    name="sizewise",
    help="Find convolutional networks that are accurate for their size.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run)
app.command("resume")(resume)
app.command("repeat")(repeat)
app.command("submit")(submit)
app.command("jobs")(jobs)
app.command("logs")(logs)
app.command("stop")(stop)
app.command("list")(list_studies)
app.command("show")(show)
app.command("front")(front)
app.command("finals")(finals)
app.command("dashboard")(dashboard)
app.command("compare")(compare)
app.command("report")(report)
app.command("save")(save)
app.command("note")(note)
app.command("tag")(tag)
app.command("rename")(rename)
app.command("archive")(archive)
app.command("delete")(delete)
app.command("du")(du)
app.command("prune")(prune)
app.command("export")(export)
app.command("predict")(predict)
app.command("data")(data)
app.command("describe")(describe)
app.command("census")(census)
app.command("replay")(replay)
app.command("doctor")(doctor)
app.add_typer(db, name="db")


def main() -> None:
    """Run the command line; a wrong input ends it with one message and exit code 2."""
    try:
        check_house()
        app()
    except InputError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except Exception as error:
        if (told := outage(error)) is None:
            raise
        typer.echo(f"Error: {told}", err=True)
        sys.exit(1)
