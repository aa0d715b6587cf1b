-- Columns that fed something in an earlier load of a source, and are not in its latest. One row per source, role and what the column fed.
-- A field that no setting asks for any more, or whose record another column took over, is not missed.
with numbered as (
    select load_id, source, load_no, as_of, row_number() over (partition by source order by load_no desc) as position
    from raw.loads
),

fed as (
    select
        numbered.source,
        columns.role,
        columns.fed,
        columns.is_field,
        min(numbered.position) as last_position,
        arg_max(columns.header, numbered.load_no) as header,
        arg_max(numbered.as_of, numbered.load_no) as last_on
    from raw.load_columns as columns
    join numbered on numbered.load_id = columns.load_id
    where columns.fed is not null
    group by numbered.source, columns.role, columns.fed, columns.is_field
),

-- A role of which the latest load had no file at all lacks the file, not a column.
roles as (
    select
        numbered.source,
        columns.role,
        list_sort(array_agg(distinct columns.header) filter (where columns.fed is null)) as unused_headers
    from raw.load_columns as columns
    join numbered on numbered.load_id = columns.load_id
    where numbered.position = 1
    group by numbered.source, columns.role
)

select
    fed.source, -- where the deals come from
    fed.role, -- what the file was read for
    fed.fed, -- canonical column, or asked field, that it fed
    fed.is_field, -- whether that is an asked field
    fields.topic as question, -- the question that the field answers, or its own name for a neutral field; null for a canonical column
    fields.is_neutral, -- whether that is a neutral field; null for a canonical column
    fed.header, -- as it was last written in a file
    fed.last_on, -- day of the last export that held it
    coalesce(roles.unused_headers, []) as unused_headers -- headers of the latest export that feed nothing, in order: it may be one of them
from fed
join roles on roles.source = fed.source and roles.role = fed.role
left join (select source, field, any_value(topic) as topic, any_value(is_neutral) as is_neutral from raw.fields where held_on is not null group by source, field) as fields
    on fields.source = fed.source and fields.field = fed.fed and fed.is_field
where fed.last_position > 1 and (not fed.is_field or fields.topic is not null)
