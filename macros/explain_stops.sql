{# Lines for people at the end of a build that stopped: which file, how much of it, where to look. #}


{# Where the test on labels of the published statistics fails: a line a file, since the test itself gives a number only. #}
{% macro explain_published_labels(results) %}
    {% set failed = results | selectattr('node.name', 'equalto', 'published_labels_are_known')
        | selectattr('status', 'equalto', 'fail') | list %}
    {% if execute and failed %}
        {% set issues = graph.nodes[failed[0].node.depends_on.nodes[0]] %}
        {% set files = run_query(
            "select file_name, issue_type, count(*) as issue_count, sum(cell_count) as cell_count"
            ~ " from " ~ issues.relation_name ~ " where issue_type in ('unknown_label', 'unknown_group_measure', 'unreadable_value')"
            ~ " group by file_name, issue_type order by file_name, issue_type"
        ) %}
        {% set troubles = {
            'unknown_label': 'labels that seed published_group_labels does not know: ',
            'unknown_group_measure': 'measures by ethnic group that seed published_monthly_measures does not know: ',
            'unreadable_value': 'kinds of values that cannot be read: ',
        } %}
        {% for row in files.rows %}
            {{ log(
                'PUBLISHED_DIR: ' ~ row['file_name'] ~ ': '
                ~ troubles[row['issue_type']]
                ~ row['issue_count'] ~ ', in ' ~ row['cell_count'] ~ ' cells; they are listed in '
                ~ issues.schema ~ '.' ~ issues.alias ~ " of the build file, issue_type '" ~ row['issue_type'] ~ "'",
                info=true
            ) }}
        {% endfor %}
    {% endif %}
{% endmacro %}


{# Where a model fails on an input file whose body is damaged: the file, once. #}
{% macro explain_damaged_files(results) %}
    {% set files = [] %}
    {% for result in results if result.status == 'error' %}
        {% for file in modules.re.findall('Failed to read file "([^"\n]+)"', result.message or '') if file not in files %}
            {% do files.append(file) %}
            {{ log(file ~ ': the file is damaged and cannot be read to its end; copy it again', info=true) }}
        {% endfor %}
    {% endfor %}
{% endmacro %}
