"""The proof by attack: no suppressed cell of thousands of random tables can be found out more closely than allowed.

The attacker of disclosure_attack.py is written apart from the engine. From tables with small numbers suppressed and
nothing else it recovers thousands: were it blind, it would prove nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from disclosure_attack import attack_of, intervals
from disclosure_tables import Publication, random_publication
from iapt_equity.disclosure import Profile, feasible_intervals, protect

PROFILES = {
    "nhs": Profile(),
    "stricter": Profile("stricter", smallest_count_shown=8, protection_width=5),
    "zeros": Profile("zeros", is_zero_suppressed=True, protection_width=4),
}
#: Narrower than the width by more than the arithmetic of the solver.
SLACK = 1e-6


def earlier_release(publication: Publication) -> pd.DataFrame:
    """What a release under other rules (zeros suppressed too) said of some of the counts: it hid other cells."""
    cells = publication.cells.loc[publication.cells["kind"] == "second_release"]
    sums = publication.sums.loc[publication.sums["cell_id"].isin(cells["cell_id"])]
    ratios = publication.ratios.loc[publication.ratios["numerator_cell_id"].isin(cells["cell_id"])]
    return protect(cells, sums, ratios, PROFILES["zeros"])[["cell_id", "lower", "upper"]]


def narrow_cells(
    publication: Publication, published: pd.DataFrame, profile: Profile, previous: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Suppressed cells that the attacker finds out more closely than the profile allows."""
    attack = attack_of(publication.cells, publication.sums, publication.ratios, published, profile, previous)
    needed = np.full(len(attack.lower), float(profile.protection_width))
    needed = np.minimum(needed, attack.upper - attack.lower)
    found = intervals(attack, needed)
    assert len(found) == (published["status"] != "shown").sum()
    return found.loc[found["width"] < needed[found["at"]] - SLACK]


def primary_alone(publication: Publication, profile: Profile) -> pd.DataFrame:
    """The same tables with nothing but small numbers suppressed."""
    count = publication.cells["count"]
    small = (count < profile.smallest_count_shown) & (count >= (0 if profile.is_zero_suppressed else 1))
    base = profile.rounding_base
    rounded = ((count / base).round() * base).where(~publication.cells["is_exact"], count)
    return pd.DataFrame(
        {
            "cell_id": publication.cells["cell_id"],
            "status": np.where(small, "suppressed_small_number", "shown"),
            "published_count": rounded.where(~small),
        }
    )


@pytest.mark.parametrize("name", PROFILES)
def test_no_suppressed_cell_of_random_tables_is_found_out(name: str) -> None:
    profile = PROFILES[name]
    publication = random_publication(90, seed=11)
    before = narrow_cells(publication, primary_alone(publication, profile), profile)
    assert len(before) > 200
    assert set(publication.cells.set_index("cell_id").loc[before["cell_id"], "kind"]) == set(publication.cells["kind"])
    published = protect(publication.cells, publication.sums, publication.ratios, profile)
    assert narrow_cells(publication, published, profile).empty
    assert published["witnessed_width"].min() >= profile.protection_width
    assert published["is_recovered_by_primary_alone"].sum() > 0
    recovered = published.loc[published["is_recovered_by_primary_alone"], "cell_id"]
    if name == "nhs":
        # Sums one at a time and whole numbers: each that the engine counts is one, and programs find yet others.
        assert len(recovered) < len(before) * 1.5


def test_cells_that_turn_out_not_to_be_needed_are_shown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = Profile()
    publication = random_publication(120, seed=16)
    published = protect(publication.cells, publication.sums, publication.ratios, profile)
    assert narrow_cells(publication, published, profile).empty
    monkeypatch.setattr("iapt_equity.disclosure.protecting.release_unused", lambda *_: 0)
    without = protect(publication.cells, publication.sums, publication.ratios, profile)
    assert (published["status"] == "shown").sum() > (without["status"] == "shown").sum()


def test_no_suppressed_cell_is_found_out_from_two_releases() -> None:
    profile = Profile()
    publication = random_publication(90, seed=12)
    previous = earlier_release(publication)
    forgetful = protect(publication.cells, publication.sums, publication.ratios, profile)
    before = narrow_cells(publication, forgetful, profile, previous)
    assert len(before) > 10
    published = protect(publication.cells, publication.sums, publication.ratios, profile, previous)
    # What both releases' rules give away together cannot be unsaid; the engine owns up to each such cell.
    known = published.loc[published["witnessed_width"] < profile.protection_width, "cell_id"]
    narrow = narrow_cells(publication, published, profile, previous)
    assert set(narrow["cell_id"]) <= set(known)
    assert len(known) < len(before) / 2


def test_the_engines_own_audit_finds_no_wider_interval_than_the_attacker() -> None:
    """It knows that counts are whole as well, so it may find narrower ones, and still none too narrow."""
    profile = Profile()
    publication = random_publication(30, seed=13)
    published = protect(publication.cells, publication.sums, publication.ratios, profile)
    mine = feasible_intervals(publication.cells, publication.sums, publication.ratios, published, profile)
    attack = attack_of(publication.cells, publication.sums, publication.ratios, published, profile)
    theirs = intervals(attack, np.full(len(attack.lower), np.inf)).set_index("cell_id").loc[mine["cell_id"]]
    assert (mine["feasible_lower"].to_numpy() >= theirs["lower"].to_numpy() - SLACK).all()
    bounded = np.isfinite(mine["feasible_upper"].to_numpy())
    assert bounded.any()
    assert (mine["feasible_upper"].to_numpy() <= theirs["upper"].to_numpy() + SLACK)[bounded].all()
    assert (mine["feasible_upper"] - mine["feasible_lower"]).min() >= profile.protection_width - SLACK


@pytest.mark.slow
def test_no_suppressed_cell_of_two_thousand_random_tables_is_found_out() -> None:
    profile = Profile()
    publication = random_publication(2_000, seed=14)
    published = protect(publication.cells, publication.sums, publication.ratios, profile)
    assert narrow_cells(publication, published, profile).empty


AUDITOR = """
import json, sys
from pytauargus._tauargus import audit_jj
for line in sys.stdin:
    print(json.dumps({row["cell"]: [row["min"], row["max"]] for row in audit_jj(line.strip())}), flush=True)
"""


def write_jj(path: Path, attack: object, chosen: np.ndarray, count: np.ndarray) -> list[int]:
    """One table in the JJ format of Tau-Argus: what is shown is given its bounds, inequalities a slack of their own."""
    equal, at_most = attack.equal[:, chosen].tocsr(), attack.at_most[:, chosen].tocsr()  # type: ignore[attr-defined]
    equal, at_most = equal[np.flatnonzero(np.diff(equal.indptr))], at_most[np.flatnonzero(np.diff(at_most.indptr))]
    lower, upper = attack.lower[chosen], attack.upper[chosen]  # type: ignore[attr-defined]
    cells = [(count[i], lower[k], upper[k]) for k, i in enumerate(chosen)]
    rows = [list(zip(equal[[r]].indices, equal[[r]].data, strict=True)) for r in range(equal.shape[0])]
    for r in range(at_most.shape[0]):
        row = at_most[[r]]
        scale = 2.0  # percentages are halves
        slack = -scale * float((row.data * count[chosen][row.indices]).sum())
        rows.append([*zip(row.indices, scale * row.data, strict=True), (len(cells), 1.0)])
        cells.append((slack, 0.0, 1e7))
    lines = ["0", str(len(cells))]
    for k, (value, low, high) in enumerate(cells):
        state = "s" if low == high else "u"
        lines.append(f"{k} {value:.0f} 1 {state} {low:.0f} {high:.0f} 0 0 0")
    lines.append(str(len(rows)))
    lines += [f"0 {len(row)} : " + " ".join(f"{i} ({weight:.0f})" for i, weight in row) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return [k for k, i in enumerate(chosen) if attack.is_suppressed[i]]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_tau_argus_finds_out_no_suppressed_cell(tmp_path: Path) -> None:
    """Another group's auditor (pytauargus), in an environment of its own: no part of this project's."""
    made = subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "v")], check=False, capture_output=True)
    python = tmp_path / "v" / "bin" / "python"
    uv = ["uv", "pip", "install", "-q", "--python", str(python), "pytauargus==0.6.0"]
    if made.returncode or subprocess.run(uv, check=False, capture_output=True).returncode:
        pytest.skip("pytauargus cannot be installed here")
    profile = Profile()
    publication = random_publication(180, seed=15)
    published = protect(publication.cells, publication.sums, publication.ratios, profile)
    narrow = {
        name: audit(publication, frame, profile, python, tmp_path)
        for name, frame in {"protected": published, "primary": primary_alone(publication, profile)}.items()
    }
    assert narrow["protected"] == 0
    assert narrow["primary"] > 300


def audit(publication: Publication, published: pd.DataFrame, profile: Profile, python: Path, folder: Path) -> int:
    """Number of suppressed cells that Tau-Argus finds out more closely than the profile allows."""
    attack = attack_of(publication.cells, publication.sums, publication.ratios, published, profile)
    count = np.concatenate([publication.cells["count"].to_numpy(float), np.zeros(len(attack.lower))])
    count = count[: len(attack.lower)]
    cells = len(publication.cells)
    count[cells:] = np.round((-attack.equal[:, :cells] @ count[:cells])[attack.equal[:, cells:].tocsc().indices])
    wanted, paths = [], []
    for part in range(attack.part.max() + 1):
        chosen = np.flatnonzero(attack.part == part)
        if attack.is_suppressed[chosen].any():
            paths.append(folder / f"{part}.jj")
            wanted.append(write_jj(paths[-1], attack, chosen, count))
    run = subprocess.run(
        [str(python), "-c", AUDITOR], input="\n".join(map(str, paths)), capture_output=True, text=True, check=True
    )
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(found) == len(paths)
    return sum(
        interval[str(k)][1] - interval[str(k)][0] < profile.protection_width - 1e-3
        for interval, cells_of in zip(found, wanted, strict=True)
        for k in cells_of
    )
