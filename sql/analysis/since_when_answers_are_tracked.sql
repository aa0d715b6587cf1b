-- Since when does the CRM record changes of the fields that answer our questions?
-- Deals created before tracked_since have answers of unknown timing, which leave them out of the fair comparison.
select
    question,
    field,
    tracked_since,
    deals_filled,
    deals_answered,
    round(100.0 * deals_answered / nullif(deals_filled, 0), 1) as answers_of_texts_pct
from marts.field_coverage
where is_in_export
order by is_neutral, question, field;
