"""Staged regressions of millions of rows: single-level and multilevel, logistic and linear."""
