"""Synthetic IAPT minimum data set: official tables and field names, fictional people, calibrated to the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from iapt_equity.synthetic import arrivals, deliveries, identifiers, places, truth
from iapt_equity.synthetic.derived import Derived
from iapt_equity.synthetic.dirt import Soiler
from iapt_equity.synthetic.errors import SyntheticDataError
from iapt_equity.synthetic.settings import Settings
from iapt_equity.synthetic.simulation import STEPS, simulate
from iapt_equity.whole_folders import whole_folder

__all__ = ["SyntheticDataError", "generate"]

_README = """SYNTHETIC DATA - everything in this folder is made up.

No person, referral, contact, score, provider, commissioner or area in these files is real. Names and codes of
organisations and areas are fictional; a likeness to any real one is chance. The tables have the official names and
fields of the IAPT Data Set, so that software can be tried on them. Rates by ethnic group are calibrated to published
national figures, but nothing here is evidence about anybody.

{folders}
reference/  fictional areas, commissioners, providers and residents
truth/      the true status of every referral and the planted model; never an input of the warehouse

Made with: synthetic-mds --referrals {referrals} --seed {seed} --years {years} --format {file_format}{options}
"""


def generate(
    out: Path,
    referrals: int,
    seed: int,
    years: str = "2015-16:2018-19",
    file_format: str = "parquet",
    progress: bool = True,
    version: str = "v2_1",
    experience: bool = False,
    derived: bool = False,
    messy: bool = False,
    dirt: float = 0.0,
) -> None:
    """Write a synthetic data set. The same arguments write the same bytes.

    Args:
        out: folder to write; must not exist or be empty. It appears only once it is whole.
        referrals: number of referrals, 100 to 20,000,000.
        seed: zero or above.
        years: first and last financial year, such as "2015-16:2018-19".
        file_format: "parquet" or "csv", of the raw tables.
        progress: whether to show a progress bar on standard error.
        version: version of the data set of every month, "v1_5", "v2_0" or "v2_1", or "by_date": each month in the
            version of its time (1.5 through August 2020, 2.0 through March 2022, 2.1 after).
        experience: whether some people have answers to the patient experience questionnaires.
        messy: whether submissions arrive as they really do: truncated Refresh files, a year sent again, provider codes
            that change, identifiers used again, contacts sent twice, pathways at two providers.
        dirt: share of rows, 0 to 0.5, added to each file as copies of good rows with a defect.
        derived: whether referrals carry the centrally derived fields, 1% of them with one field wrong.

    Raises:
        SyntheticDataError: an argument cannot be used, or `out` is not empty.
        InputError: a folder beside `out` that is needed meanwhile holds something else.
    """
    settings = Settings.parse(referrals, seed, years, file_format, version, experience, derived, messy, dirt)
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SyntheticDataError(f"{out}: expected a folder that is empty or does not exist yet")
    with (
        whole_folder(out, "synthetic", is_replaced=False) as folder,
        tqdm(total=STEPS + 2 + settings.month_count, desc="synthetic data", unit="step", disable=not progress) as bar,
    ):
        _write(settings, folder, bar.update)
        (folder / "README.txt").write_text(_readme(settings), encoding="utf-8", newline="\n")


def _readme(settings: Settings) -> str:
    """What stands in README.txt: that all is made up, what the folders hold, and the command that made them."""
    used = sorted({settings.version_of(month) for month in range(settings.month_count)})
    years = (f"{year}-{(year + 1) % 100:02d}" for year in (settings.first_year, settings.last_year))
    return _README.format(
        folders="\n".join(
            f"{name}/       the raw tables, one folder a table, one file a delivery month" for name in used
        ),
        referrals=settings.referrals,
        seed=settings.seed,
        years=":".join(years),
        file_format=settings.file_format,
        options=_options(settings),
    )


def _options(settings: Settings) -> str:
    """Options of the command line that are not at their default."""
    text = "" if settings.version == "v2_1" else f" --version {settings.version}"
    text += " --experience" if settings.experience else ""
    text += " --derived" if settings.derived else ""
    text += " --messy" if settings.messy else ""
    return text + (f" --dirt {settings.dirt:g}" if settings.dirt else "")


def _write(settings: Settings, folder: Path, after_each: Callable[[], object]) -> None:
    simulation = simulate(settings, after_each)
    places.write_reference(
        simulation.places,
        folder / "reference",
        settings.last_year,
        arrivals.provider_changes(settings, simulation.places, simulation.arrivals),
    )
    after_each()
    truth.write_truth(simulation, folder / "truth")
    after_each()
    derived = None
    if settings.derived:
        derived = Derived(settings, simulation.pathways, simulation.outcomes, simulation.scores)
    soiler = None
    if settings.dirt:
        used = identifiers.used_submissions(settings, simulation.submissions)
        soiler = Soiler(settings.dirt, settings.file_format, settings.seed_of("dirt"), used)
    deliveries.write_deliveries(simulation, folder, after_each, derived, soiler)
    if soiler is not None:
        soiler.write(folder / "truth")
    if settings.messy:
        truth.write_submissions(simulation, folder / "truth")
    if settings.experience:
        truth.write_experience(simulation, folder / "truth")
    if derived is not None:
        truth.write_disagreements(simulation, derived, folder / "truth")
