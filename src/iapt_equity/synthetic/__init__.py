"""Synthetic IAPT minimum data set: official tables and field names, fictional people, calibrated to the report."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from iapt_equity.synthetic import deliveries, outcomes, pathways, people, places, planted, scores, targets, truth
from iapt_equity.synthetic.errors import SyntheticDataError
from iapt_equity.synthetic.settings import Settings

__all__ = ["SyntheticDataError", "generate"]

_README = """SYNTHETIC DATA - everything in this folder is made up.

No person, referral, contact, score, provider, commissioner or area in these files is real. Names and codes of
organisations and areas are fictional; a likeness to any real one is chance. The tables have the official names and
fields of the IAPT Data Set version 2.1, so that software can be tried on them. Rates by ethnic group are calibrated to
published national figures, but nothing here is evidence about anybody.

v2_1/       the raw tables, one folder a table, one file a delivery month
reference/  fictional areas, commissioners, providers and residents
truth/      the true status of every referral and the planted model; never an input of the warehouse

Made with: synthetic-mds --referrals {referrals} --seed {seed} --years {years} --format {file_format}
"""


def generate(
    out: Path,
    referrals: int,
    seed: int,
    years: str = "2015-16:2018-19",
    file_format: str = "parquet",
    progress: bool = True,
) -> None:
    """Write a synthetic data set. The same arguments write the same bytes.

    Args:
        out: folder to write; must not exist or be empty. It appears only once it is whole.
        referrals: number of referrals, 100 to 20,000,000.
        seed: zero or above.
        years: first and last financial year, such as "2015-16:2018-19".
        file_format: "parquet" or "csv", of the raw tables.
        progress: whether to show a progress bar on standard error.

    Raises:
        SyntheticDataError: an argument cannot be used, or `out` is not empty.
    """
    settings = Settings.parse(referrals, seed, years, file_format)
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SyntheticDataError(f"{out}: expected a folder that is empty or does not exist yet")
    partial = out.parent / f".{out.name}.partial"
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True)
    try:
        with tqdm(total=settings.month_count + 6, desc="synthetic data", unit="step", disable=not progress) as bar:
            _write(settings, partial, bar.update)
        text = _README.format(referrals=referrals, seed=seed, years=years, file_format=file_format)
        (partial / "README.txt").write_text(text, encoding="utf-8", newline="\n")
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _write(settings: Settings, folder: Path, after_each: Callable[[], object]) -> None:
    goals = targets.load_targets(settings.first_year, settings.last_year)
    geography = places.make_places(settings, goals)
    places.write_reference(geography, folder / "reference", settings.last_year)
    after_each()
    referred = people.make_people(settings, goals, geography)
    after_each()
    effects = planted.make_commissioner_effects(settings, len(geography.commissioner_codes))
    recorder = planted.Recorder(settings.first_year, settings.year_count)
    recorder.record_coefficients()
    happened = pathways.make_pathways(settings, goals, referred, effects, recorder)
    employment = pathways.employment_at_referral(referred, happened.last_month, settings)
    after_each()
    ended = outcomes.make_outcomes(settings, goals, referred, happened, employment, effects, recorder)
    after_each()
    scored = scores.make_scores(settings, happened, ended)
    after_each()
    identifiers = deliveries.make_identifiers(settings, geography, referred, happened, ended)
    submissions = deliveries.make_submissions(settings, len(geography.provider_codes))
    deliverer = deliveries.Deliverer(settings, geography, referred, happened, ended, scored, identifiers, submissions)
    truth.write_truth(
        settings,
        geography,
        referred,
        happened,
        ended,
        scored,
        identifiers,
        employment,
        deliverer.no_decile,
        effects,
        recorder,
        folder / "truth",
    )
    after_each()
    deliveries.write_deliveries(deliverer, folder / "v2_1", settings.file_format, after_each)
