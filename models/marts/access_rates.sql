{# One row per referral year, area, ethnic classification, ethnic group and measure (access, course of treatment). #}
{{ rate_mart('int_access_counts') }}
