"""Staged regressions of millions of rows: single-level and multilevel, logistic and linear.

design = build_design(columns, terms, outcomes, cluster=commissioner)
fit = fit_logistic_multilevel(design, "recovered", ["ethnic_group", "age"])
average_adjusted_predictions(fit, "ethnic_group")
"""

from iapt_equity.statistics.comparison import (
    CoefficientChange,
    ModelComparison,
    coefficient_changes,
    compare_models,
)
from iapt_equity.statistics.design import NOT_KNOWN, Design, Term, build_design, collapse
from iapt_equity.statistics.errors import DesignError, FitError, StatisticsError
from iapt_equity.statistics.multilevel import fit_linear_multilevel, fit_logistic_multilevel
from iapt_equity.statistics.predictions import AdjustedPrediction, average_adjusted_predictions
from iapt_equity.statistics.results import Coefficient, Fit, RandomEffects, VarianceComponents, holm_adjust, with_holm
from iapt_equity.statistics.single import fit_linear, fit_logistic
from iapt_equity.statistics.slopes import Slope, Slopes, SlopeTest, fit_slopes
from iapt_equity.statistics.years import JointTest, YearFit, Years, fit_years

__all__ = [
    "NOT_KNOWN",
    "AdjustedPrediction",
    "Coefficient",
    "CoefficientChange",
    "Design",
    "DesignError",
    "Fit",
    "FitError",
    "JointTest",
    "ModelComparison",
    "RandomEffects",
    "Slope",
    "SlopeTest",
    "Slopes",
    "StatisticsError",
    "Term",
    "VarianceComponents",
    "YearFit",
    "Years",
    "average_adjusted_predictions",
    "build_design",
    "coefficient_changes",
    "collapse",
    "compare_models",
    "fit_linear",
    "fit_linear_multilevel",
    "fit_logistic",
    "fit_logistic_multilevel",
    "fit_slopes",
    "fit_years",
    "holm_adjust",
    "with_holm",
]
