"""Files of each delivery month.

A delivery month holds the Primary submissions of the month before and the Refresh submissions of the month before that.
Rows of one reporting month are built once; each submission window is a selection of them with its own identifiers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from iapt_equity.synthetic.derived import Derived
from iapt_equity.synthetic.dirt import Soiler
from iapt_equity.synthetic.files import write_file
from iapt_equity.synthetic.identifiers import PRIMARY, REFRESH, RESENT, WITHDRAWN
from iapt_equity.synthetic.rows import Month
from iapt_equity.synthetic.simulation import Simulation
from iapt_equity.synthetic.version_1_5 import Window15, to_version_1_5
from iapt_equity.synthetic.version_2_0 import to_version_2_0
from iapt_equity.synthetic.version_2_1 import rows_of_month
from iapt_equity.synthetic.windows import Window


def _build_month(simulation: Simulation, month: int, derived: Derived | None) -> Month:
    """Rows of a reporting month in its version. Derived fields take in the month, so months come in order."""
    built = rows_of_month(simulation, month)
    if derived is not None:
        derived.advance(simulation.contacts_of(month), simulation.logs_of(month), simulation.scores_of(month))
        built.tables["IDS101Referral"].columns.update(derived.columns(built))
    if built.version == "v2_0":
        to_version_2_0(built)
    elif built.version == "v1_5":
        to_version_1_5(simulation, built)
    return built


def _window(simulation: Simulation, built: Month, window: int) -> dict[str, pa.Table]:
    """Tables of the submissions of one month and window, the header among them."""
    kind = Window15 if built.version == "v1_5" else Window
    return kind(simulation, built, window).tables()


def _deliveries(simulation: Simulation, derived: Derived | None) -> Iterator[tuple[int, list[tuple[Month, int]]]]:
    """Each delivery month (1 = the month after the first reporting month) with its months and windows."""
    submissions = simulation.submissions
    before: Month | None = None
    for delivery in range(1, simulation.settings.month_count + 1):
        current = _build_month(simulation, delivery - 1, derived)
        parts = [(current, PRIMARY)]
        if submissions.has_withdrawn[:, delivery - 1].any():
            parts.insert(0, (current, WITHDRAWN))
        if before is not None and submissions.has_refresh[:, delivery - 2].any():
            parts.insert(0, (before, REFRESH))
        if submissions.is_resent[:, delivery - 1].any():
            parts.append((current, RESENT))
        yield delivery, parts
        before = current


def write_deliveries(
    simulation: Simulation,
    folder: Path,
    after_each: Callable[[], object],
    derived: Derived | None = None,
    soiler: Soiler | None = None,
) -> None:
    """Write `folder`/<version>/<table>/<delivery month>.<format> for every table and delivery month.

    Args:
        simulation: what happened; its settings name the format.
        folder: where the folders of the versions are to stand.
        after_each: called after each delivery month.
        derived: running state of the derived fields, before the first month; None where they are not sent.
        soiler: adds rows with a defect to each delivery; None for none.

    Raises:
        OSError: a file cannot be written.
    """
    settings = simulation.settings
    # Files of one delivery are written while the next is built; no more than one delivery waits, to bound memory. Each
    # file is written by one thread from its own tables, so its bytes do not depend on the order of the threads.
    # What is sent once more long after is built with its month and kept until its delivery.
    kept: dict[Path, list[pa.Table]] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        waiting: list[Future[None]] = []
        for delivery, parts in _deliveries(simulation, derived):
            tables: dict[Path, list[pa.Table]] = {}
            for built, which in parts:
                into = kept if which == RESENT else tables
                for name, table in _window(simulation, built, which).items():
                    into.setdefault(Path(built.version) / name, []).append(table)
            if delivery == simulation.submissions.resent_delivery:
                for place, more in kept.items():
                    tables.setdefault(place, []).extend(more)
            stem = settings.month_start(delivery).strftime("%Y-%m")
            if soiler is not None:
                soiler.soil(delivery, stem, tables)
            for job in waiting:
                job.result()
            # The longest first, so that the two threads end together.
            waiting = [
                pool.submit(write_file, group, folder / name / f"{stem}.{settings.file_format}")
                for name, group in sorted(tables.items(), key=lambda item: -sum(part.nbytes for part in item[1]))
            ]
            after_each()
        for job in waiting:
            job.result()
