"""Commands that keep a store in order: note, tag, rename, archive, delete, du and prune."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from space.errors import InputError

from .options import JsonOption, StoreOption, StudyArgument

YesOption = Annotated[bool, typer.Option("--yes", help="Do it, without a question.")]


def note(
    study: StudyArgument,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[TRIAL] TEXT",
            help="A trial's number and a text, or a text; an empty one removes the note.",
            show_default=False,
        ),
    ],
    store: StoreOption = None,
) -> None:
    """Write a note about a study, or about one of its trials."""
    from results import open_store
    from results.keeping.remarks import note as write_note

    if len(words) > 2 or (len(words) == 2 and not words[0].isdecimal()):
        rule = "must be a text, or a trial's number and a text"
        raise InputError("TEXT", rule, " ".join(words), "Put the text in quotation marks.")
    number = int(words[0]) if len(words) == 2 else None
    write_note(open_store(store), study, words[-1], number)


def tag(
    study: StudyArgument,
    tags: Annotated[
        list[str], typer.Argument(metavar="TAG", help="One or more.", show_default=False)
    ],
    remove: Annotated[bool, typer.Option("--remove", help="Take them away again.")] = False,
    store: StoreOption = None,
) -> None:
    """Sort a study under tags, which `sizewise list` shows."""
    from results import open_store
    from results.keeping.remarks import tag as change_tags

    now = change_tags(open_store(store), study, tags, remove=remove)
    typer.echo(f"{study}: {', '.join(now) or 'no tags'}")


def rename(
    study: StudyArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A new name.", show_default=False)],
    store: StoreOption = None,
) -> None:
    """Call a study otherwise, and move its folder."""
    from results import open_store
    from results.keeping.moving import rename as rename_study
    from search.lease import died_here

    rename_study(open_store(store), study, name, gone=died_here)
    typer.echo(f"The study {study} is called {name} now.")


def archive(
    study: StudyArgument,
    undo: Annotated[bool, typer.Option("--undo", help="Show it in lists again.")] = False,
    store: StoreOption = None,
) -> None:
    """Leave a study out of lists; `sizewise list --all` shows it still."""
    from results import open_store
    from results.keeping.remarks import archive as archive_study

    archive_study(open_store(store), study, archived=not undo)


def delete(study: StudyArgument, yes: YesOption = False, store: StoreOption = None) -> None:
    """Remove a study for good: its trials, weights, plots and exports."""
    from results import Study, open_store
    from results.keeping.moving import delete as delete_study
    from search.lease import died_here
    from search.terminal.views import short_path

    opened = open_store(store)
    trials = Study(opened, study).count()
    if not yes:
        what = f"{study}, its {trials:,} trials and {short_path(opened.folder(study))}"
        typer.confirm(f"Remove {what} for good?", abort=True)
    delete_study(opened, study, gone=died_here)
    typer.echo(f"Removed {study} with its {trials:,} trials.")


def du(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show what each study takes on the disk."""
    from results import open_store
    from results.keeping.disk import usage_frame
    from search.terminal.stores import print_usage

    print_usage(usage_frame(open_store(store)), as_json=as_json)


def prune(
    study: StudyArgument,
    keep: Annotated[
        int, typer.Option(min=0, help="Keep the most accurate trials too, so many.")
    ] = 0,
    yes: YesOption = False,
    store: StoreOption = None,
) -> None:
    """Remove weights of dominated trials; without --yes only say which.

    Those of trials on the front of any size, of trials with finals and of running ones are kept.
    """
    from results import open_store
    from results.keeping.disk import prunable
    from results.keeping.disk import prune as prune_files
    from search.terminal.stores import print_pruned

    found = prunable(open_store(store), study, best=keep)
    if yes:
        prune_files(found)
    print_pruned(found, done=yes)
