{# One row per discharge year, area, ethnic classification, ethnic group and outcome. #}
{{ rate_mart('int_outcome_counts') }}
