"""What a person sees when a study ends: the front, the plot, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from results import columns, write_front_plots

from .goals import print_goal
from .views import console, print_front, short_path

if TYPE_CHECKING:
    from results import Study


def summarise(study: Study) -> None:
    """Print the front of a study, where its plot lies, and the next commands."""
    record, trials, out = study.record, study.trials(), console()
    front = study.front()
    if front.empty:
        out.print(f"No trial of {record.name} has finished yet.")
    else:
        print_front(study, None, as_json=False)
        png, html = write_front_plots(
            trials,
            study.store.folder(record.name),
            size=record.size,
            title=f"{record.name}: accuracy for its size",
            finalists=study.finalists(),
        )
        out.print(f"\nPlot   {short_path(png)}\n       {short_path(html)}", highlight=False)
    print_goal(study, out)
    if record.reason is not None:
        out.print(f"\nThe study is {record.state}: {record.reason}.", highlight=False)
    out.print("\nNext", style="bold")
    for command, purpose in _next_commands(record.name, record.state, _best(study)):
        out.print(f"  {command:<44} [dim]{purpose}[/dim]", highlight=False)


def _best(study: Study) -> int | None:
    front = study.front()
    ordered = front.sort_values(columns.ACCURACY, kind="stable")
    return None if ordered.empty else int(ordered[columns.NUMBER].iloc[-1])


def _next_commands(name: str, state: str, best: int | None) -> list[tuple[str, str]]:
    commands = []
    if state == "interrupted":
        commands.append((f"sizewise resume {name}", "go on where it stopped"))
    if best is not None:
        commands += [
            (f"sizewise show {name} {best}", "the most accurate network, layer by layer"),
            (f"sizewise finals {name}", "train the front again: who was lucky?"),
            (f"sizewise report {name}", "a page for a colleague"),
            (f"sizewise export {name} {best}", "take it away: PyTorch, ONNX, Keras"),
        ]
    return [*commands, ("sizewise list", "all studies")]
