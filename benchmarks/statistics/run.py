"""The statistics engine beside its peers, in one run on one simulated data set.

``uv run python benchmarks/statistics/run.py`` simulates 1,570,994 finished courses (simulate.py), and prints

1. the whole programme of the report from a DuckDB file: 30 single-level fits, then 30 multilevel ones beside them;
2. one Model 5 fit of each kind beside the same estimator on tabmat, statsmodels, glum, glmm, and R's glm, glmer and
   lmer: processor seconds, peak memory, and how far the estimates are apart;
3. with ``--scaling``, the cost of the programme from 15.7 thousand to 15.7 million rows.

Peers run only where they are found: ``--peers DIR`` names a Python environment made from requirements-peers.txt, R and
lme4 come from the system (Debian: r-base-core r-cran-lme4). Every measurement is a process of its own; processor time
is that of the fit alone (all threads), memory the peak of the whole process. Ratios hold within one run only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
REPORT_ROWS = 1_570_994
#: This file as a worker: a process of its own for each measurement.
THIS = [sys.executable, str(Path(__file__).resolve()), "--worker"]
NUMERIC = {
    "age_at_referral": 10.0, "phq9_first": 1.0, "gad7_first": 1.0, "days_referral_to_assessment": 28.0,
    "days_assessment_to_next_treatment": 28.0, "treatment_contact_count": 1.0,
}  # fmt: skip
CATEGORICAL = (
    "ethnic_category_code", "gender", "referral_financial_year", "psychotropic_medication", "employment_status",
    "has_long_term_condition", "imd_decile",
)  # fmt: skip
OUTCOME, LINEAR_OUTCOME = "is_dropped_out", "proportion_attended"


def peak_megabytes() -> float:
    """Peak resident memory of this process, where the system tells it (Linux), else NaN.

    Not `resource.getrusage`: its peak includes that of the process which started this one.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


# --- the data, as files that every worker reads ----------------------------------------------------------------------


def write_data(folder: Path, rows: int) -> None:
    """Arrays of one outcome of each kind for the single fits (raw files, read by R too)."""
    sys.path.insert(0, str(HERE))
    from simulate import simulate

    columns = simulate(rows).columns
    description: dict[str, Any] = {"rows": rows, "levels": {}}
    for name in (*CATEGORICAL, "commissioner_code"):
        codes, labels = columns[name]
        codes = np.where(codes < 0, len(labels), codes)
        if codes.max() == len(labels):
            labels = [*labels, "not known"]
        codes.astype(np.int32).tofile(folder / f"{name}.int")
        description["levels"][name] = labels
    for name in NUMERIC:
        (columns[name] / NUMERIC[name]).astype(np.float64).tofile(folder / f"{name}.dbl")
    columns[OUTCOME].astype(np.float64).tofile(folder / f"{OUTCOME}.dbl")
    columns[LINEAR_OUTCOME].tofile(folder / f"{LINEAR_OUTCOME}.dbl")
    (folder / "description.json").write_text(json.dumps(description))


def read_data(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    description = json.loads((folder / "description.json").read_text())
    data: dict[str, Any] = {name: np.fromfile(folder / f"{name}.dbl") for name in (*NUMERIC, OUTCOME, LINEAR_OUTCOME)}
    for name in (*CATEGORICAL, "commissioner_code"):
        data[name] = np.fromfile(folder / f"{name}.int", dtype=np.int32)
    return data, description["levels"]


def dense(data: dict[str, Any], levels: dict[str, list[str]]) -> np.ndarray:
    rows = len(data[OUTCOME])
    columns = [np.ones(rows)]
    for name in CATEGORICAL:
        columns += [(data[name] == level).astype(np.float64) for level in range(1, len(levels[name]))]
    columns += [data[name] for name in NUMERIC]
    return np.column_stack(columns)


# --- workers: each prints one JSON line ------------------------------------------------------------------------------


def report(started: float, prepared: float, coefficients: Any, errors: Any, **more: Any) -> None:
    print(
        json.dumps(
            {
                "prepare": prepared - started,
                "cpu": time.process_time() - prepared,
                "megabytes": peak_megabytes(),
                "coefficients": [float(value) for value in coefficients],
                "errors": None if errors is None else [float(value) for value in errors],
                **more,
            }
        )
    )


def worker_own(folder: Path, kind: str) -> None:
    from iapt_equity import statistics

    data, levels = read_data(folder)
    started = time.process_time()
    terms = [statistics.Term(name, "categorical", levels=tuple(levels[name])) for name in CATEGORICAL]
    terms += [statistics.Term(name, "numeric") for name in NUMERIC]
    columns: dict[str, Any] = {name: (data[name], levels[name]) for name in CATEGORICAL}
    columns |= {name: data[name] for name in NUMERIC}
    outcomes = {OUTCOME: data[OUTCOME], LINEAR_OUTCOME: data[LINEAR_OUTCOME]}
    cluster = (data["commissioner_code"], levels["commissioner_code"])
    design = statistics.build_design(columns, terms, outcomes, cluster=cluster)
    names = [term.name for term in terms]
    prepared = time.process_time()
    fitter = getattr(statistics, f"fit_{kind}")
    fit = fitter(design, LINEAR_OUTCOME if kind.startswith("linear") else OUTCOME, names)
    report(
        started,
        prepared,
        [c.estimate for c in fit.coefficients],
        [c.standard_error for c in fit.coefficients],
        variance=None if fit.variance is None else fit.variance.variance,
        likelihood=fit.log_likelihood,
    )


def worker_statsmodels(folder: Path, kind: str) -> None:
    import statsmodels.api as sm

    data, levels = read_data(folder)
    started = time.process_time()
    matrix = dense(data, levels)
    prepared = time.process_time()
    if kind == "logistic":
        fit = sm.Logit(data[OUTCOME], matrix).fit(disp=0, method="newton", tol=1e-12, maxiter=50)
    else:
        fit = sm.OLS(data[LINEAR_OUTCOME], matrix).fit()
    report(started, prepared, fit.params, fit.bse, likelihood=float(fit.llf))


def worker_tabmat(folder: Path, kind: str) -> None:
    """The same estimators on tabmat's matrix products: what the engine would be on the library."""
    import pandas as pd
    import tabmat

    data, levels = read_data(folder)
    started = time.process_time()
    frame = pd.DataFrame({name: pd.Categorical.from_codes(data[name], levels[name]) for name in CATEGORICAL})
    for name in NUMERIC:
        frame[name] = data[name]
    y = data[OUTCOME if kind == "logistic" else LINEAR_OUTCOME]
    matrix = tabmat.SplitMatrix([tabmat.DenseMatrix(np.ones((len(y), 1))), tabmat.from_df(frame, drop_first=True)])
    prepared = time.process_time()
    beta = np.zeros(matrix.shape[1])
    if kind == "linear":
        information = matrix.sandwich(np.ones(len(y)))
        for _ in range(2):  # the second round refines
            residual = y - matrix.matvec(beta)
            beta += np.linalg.solve(information, matrix.transpose_matvec(residual))
        residual = y - matrix.matvec(beta)
        information /= residual @ residual / (len(y) - len(beta))
    else:
        beta[0] = np.log(y.mean() / (1.0 - y.mean()))
        for _ in range(30):
            fitted = 1.0 / (1.0 + np.exp(-matrix.matvec(beta)))
            information = matrix.sandwich(fitted * (1.0 - fitted))
            step = np.linalg.solve(information, matrix.transpose_matvec(y - fitted))
            beta += step
            if step @ information @ step <= 1e-16:
                break
    report(started, prepared, beta, np.sqrt(np.diag(np.linalg.inv(information))))


def worker_glum(folder: Path, _kind: str) -> None:
    import pandas as pd
    import tabmat
    from glum import GeneralizedLinearRegressor

    data, levels = read_data(folder)
    started = time.process_time()
    frame = pd.DataFrame({name: pd.Categorical.from_codes(data[name], levels[name]) for name in CATEGORICAL})
    for name in NUMERIC:
        frame[name] = data[name]
    matrix = tabmat.from_df(frame, drop_first=True)
    prepared = time.process_time()
    model = GeneralizedLinearRegressor(family="binomial", alpha=0, gradient_tol=1e-6, solver="irls-ls")
    model.fit(matrix, data[OUTCOME])
    errors = np.sqrt(np.diag(model.covariance_matrix(matrix, data[OUTCOME], robust=False)))
    report(started, prepared, np.append(model.intercept_, model.coef_), errors)


def worker_glmm(folder: Path, kind: str) -> None:
    import glmm
    import pandas as pd

    data, levels = read_data(folder)
    started = time.process_time()
    every = (*CATEGORICAL, "commissioner_code")
    frame = pd.DataFrame({name: np.array([f"{i:03d}" for i in range(len(levels[name]))])[data[name]] for name in every})
    for name in NUMERIC:
        frame[name] = data[name]
    is_linear = kind.startswith("linear")
    frame["y"] = data[LINEAR_OUTCOME if is_linear else OUTCOME]
    formula = "y ~ " + " + ".join([*CATEGORICAL, *NUMERIC]) + " + (1 | commissioner_code)"
    prepared = time.process_time()
    fit = glmm.fit(frame, formula, family="gaussian" if is_linear else "binomial", satterthwaite=False)
    report(started, prepared, fit.beta, fit.se, variance=float(np.ravel(fit.tau2)[0]), likelihood=float(fit.loglik))


R_SCRIPT = r"""
arguments <- commandArgs(TRUE); folder <- arguments[1]; kind <- arguments[2]
rows <- as.integer(arguments[3]); categorical <- strsplit(arguments[4], ",")[[1]]
numeric <- strsplit(arguments[5], ",")[[1]]; outcome <- arguments[6]
suppressMessages(library(lme4))
frame <- list()
for (name in c(categorical, "commissioner_code"))
  frame[[name]] <- factor(readBin(file.path(folder, paste0(name, ".int")), "integer", rows))
for (name in c(numeric, outcome)) frame[[name]] <- readBin(file.path(folder, paste0(name, ".dbl")), "double", rows)
frame <- as.data.frame(frame)
fixed <- paste(outcome, "~", paste(c(categorical, numeric), collapse = " + "))
mixed <- paste(fixed, "+ (1 | commissioner_code)")
before <- sum(proc.time()[c(1, 2)])
variance <- NULL
if (kind == "logistic") fit <- glm(as.formula(fixed), binomial, frame, epsilon = 1e-14, model = FALSE, y = FALSE)
if (kind == "linear") fit <- lm(as.formula(fixed), frame, model = FALSE)
if (kind == "logistic_multilevel") fit <- glmer(as.formula(mixed), frame, binomial, nAGQ = 0)
if (kind == "linear_multilevel") fit <- lmer(as.formula(mixed), frame, control = lmerControl(calc.derivs = FALSE))
errors <- sqrt(diag(as.matrix(vcov(fit))))
after <- sum(proc.time()[c(1, 2)])
estimates <- if (grepl("multilevel", kind)) fixef(fit) else coef(fit)
if (grepl("multilevel", kind)) variance <- VarCorr(fit)$commissioner_code[1]
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
numbers <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ","), "]")
cat(sprintf('{"prepare": 0, "cpu": %g, "megabytes": %g, "coefficients": %s, "errors": %s, "likelihood": %.17g%s}\n',
  after - before, peak, numbers(estimates), numbers(errors), as.numeric(logLik(fit)),
  if (is.null(variance)) "" else sprintf(', "variance": %.17g', variance)))
"""


def worker_programme(database: Path, is_multilevel: str) -> None:
    """The whole programme from a DuckDB file, as the build runs it."""
    import duckdb

    from iapt_equity.statistics.running import run_programme
    from iapt_equity.statistics.specification import read_settings, read_specification

    connection = duckdb.connect(str(database), read_only=True)
    connection.execute("set threads = 2")
    connection.execute("set memory_limit = '1GB'")
    seeds = HERE.parents[1] / "seeds"
    specification = [
        connection.sql(f"select * from read_csv('{(seeds / name).as_posix()}.csv', all_varchar = true)")
        .to_arrow_table()
        .to_pylist()
        for name in ("regression/regression_terms", "regression/regression_outcomes", "rules/outcome_rules")
    ]
    analyses = [analysis for analysis in read_specification(*specification) if analysis.name == "outcome"]
    settings = read_settings([{"setting": "is_multilevel", "value": is_multilevel}])
    wall, cpu = time.perf_counter(), time.process_time()
    records = run_programme(analyses, {"fct_episodes": connection.table("fct_episodes")}, settings)
    print(
        json.dumps(
            {
                "fits": len(records),
                "converged": sum(record["is_converged"] for record in records),
                "cpu": time.process_time() - cpu,
                "wall": time.perf_counter() - wall,
                "megabytes": peak_megabytes(),
            }
        )
    )


def make_database(path: Path, rows: int) -> None:
    sys.path.insert(0, str(HERE))
    import duckdb
    from simulate import simulate, to_arrow

    connection = duckdb.connect(str(path))
    for part, low in enumerate(range(0, rows, REPORT_ROWS)):
        table = to_arrow(simulate(min(REPORT_ROWS, rows - low), part=part))
        connection.register("simulated", table)
        verb = "create table fct_episodes as" if part == 0 else "insert into fct_episodes"
        connection.execute(f"{verb} select * from simulated")
        connection.unregister("simulated")
    connection.close()


# --- the whole run ---------------------------------------------------------------------------------------------------


def run(command: list[str], name: str) -> dict[str, Any] | None:
    # One thread for each library: on a shared machine threads that wait for each other would be counted against them.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        print(f"{name}: failed: {done.stderr.strip().splitlines()[-1:]}")
        return None
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def apart(own: dict[str, Any], other: dict[str, Any]) -> str:
    """Largest distance of coefficients (absolute, and in standard errors) and of standard errors (relative)."""
    left, right = np.array(own["coefficients"]), np.array(other["coefficients"])
    errors = np.array(own["errors"])
    text = f"coef {np.max(np.abs(left - right)):.1e} ({np.max(np.abs(left - right) / errors):.1e} SE)"
    if other.get("errors"):
        text += f", SE {np.max(np.abs(np.array(other['errors']) / errors - 1)):.1e}"
    if own.get("variance") and other.get("variance"):
        text += f", variance {other['variance'] / own['variance'] - 1:+.1e}"
    if other.get("likelihood") is not None:
        text += f", logL {own['likelihood'] - other['likelihood']:+.1e}"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=REPORT_ROWS)
    parser.add_argument("--peers", type=Path, help="Python environment with the packages of requirements-peers.txt")
    parser.add_argument("--skip", default="", help="parts or peers to leave out, separated by commas")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        name, path, kind = arguments.worker
        globals()[f"worker_{name}"](Path(path), kind)
        return
    skip = set(arguments.skip.split(","))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if "programme" not in skip:
            sizes = [arguments.rows]
            if arguments.scaling:
                sizes = [arguments.rows // 100, arguments.rows // 10, arguments.rows, arguments.rows * 10]
            measure_programme(folder, sizes)
        places = []
        if arguments.peers:
            places = [arguments.peers / "bin" / "python", arguments.peers / "Scripts" / "python.exe"]
        measure_peers(folder, arguments.rows, next((str(place) for place in places if place.exists()), ""), skip)


def measure_programme(folder: Path, sizes: list[int]) -> None:
    print(f"{'rows':>12} {'programme':<24} {'fits':>4} {'conv.':>5} {'CPU s':>8} {'wall s':>8} {'MB':>7}")
    for rows in sizes:
        database = folder / f"rows_{rows}.duckdb"
        make_database(database, rows)
        for is_multilevel in ("false", "true"):
            found = run([*THIS, "programme", str(database), is_multilevel], "programme")
            if found:
                label = "single and multilevel" if is_multilevel == "true" else "single level"
                print(
                    f"{rows:>12,} {label:<24} {found['fits']:>4} {found['converged']:>5} {found['cpu']:>8.1f} "
                    f"{found['wall']:>8.1f} {found['megabytes']:>7.0f}",
                    flush=True,
                )
        database.unlink()


def measure_peers(folder: Path, rows: int, peers: str, skip: set[str]) -> None:
    """Model 5 of each kind; `peers` is the Python of the peers, or empty where there is none."""
    write_data(folder, rows)
    scripts = folder / "peer.R"
    scripts.write_text(R_SCRIPT)
    print(f"\nModel 5, {rows:,} rows, {OUTCOME} and {LINEAR_OUTCOME}")
    print(f"{'kind':<20} {'engine':<14} {'prepare':>8} {'CPU s':>8} {'ratio':>7} {'MB':>7}  against own")
    for kind, others in (
        ("logistic", ("tabmat", "statsmodels", "glum", "R")),
        ("linear", ("tabmat", "statsmodels", "R")),
        ("logistic_multilevel", ("glmm", "R")),
        ("linear_multilevel", ("glmm", "R")),
    ):
        own = run([*THIS, "own", str(folder), kind], "own")
        if own is None:
            continue
        print(f"{kind:<20} {'own':<14} {own['prepare']:>8.2f} {own['cpu']:>8.2f} {'':>7} {own['megabytes']:>7.0f}")
        for other in others:
            if other in skip:
                continue
            if other == "R":
                outcome = LINEAR_OUTCOME if kind.startswith("linear") else OUTCOME
                if not shutil.which("Rscript"):
                    continue
                command = ["Rscript", str(scripts), str(folder), kind, str(rows), ",".join(CATEGORICAL),
                           ",".join(NUMERIC), outcome]  # fmt: skip
            else:
                python = sys.executable if other == "statsmodels" else peers
                if not python:
                    continue
                command = [python, *THIS[1:], other, str(folder), kind]
            found = run(command, other)
            if found:
                engine = other if other != "R" else {"logistic": "R glm", "linear": "R lm",
                         "logistic_multilevel": "glmer nAGQ=0", "linear_multilevel": "lmer"}[kind]  # fmt: skip
                print(
                    f"{'':<20} {engine:<14} {found['prepare']:>8.2f} {found['cpu']:>8.2f} "
                    f"{found['cpu'] / own['cpu']:>6.1f}x {found['megabytes']:>7.0f}  {apart(own, found)}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
