-- Texts that stand in the fields of buyer questions and are no answers, over deals in scope. What was imported may be true, and is not listed. One row per question, reason and text, the
-- most frequent first:
--   question: as in marts.deal_answers
--   reason: why the text is no answer, as marts.deal_answers.junk_reason has it, except imported
--   text: the text, as it is written
--   deals: deals with that text in that question on the export date
--   texts_in_all, answers_in_all: rows and junk answers over all rows, of which at most row_limit rows are given; null gives all
-- No value is null. Not for blaming: a text counts as junk by the rules of [answers] in the configuration, which may be too strict.
-- Source: marts.deal_answers; counts.
create or replace macro metrics.junk_answers(scope := map([]::varchar[], []::varchar[][]), row_limit := null) as table
with texts as (
    select answers.question, answers.junk_reason as reason, answers.junk_text as text, count(*) as deals
    from marts.deal_answers as answers
    where answers.state_today = 'junk' and answers.junk_reason <> 'imported' and not answers.is_neutral
        and answers.deal_key in (select deal_key from metrics.scoped_deals(scope := scope))
    group by all
),

placed as (
    select
        *,
        count(*) over () as texts_in_all,
        (sum(deals) over ())::bigint as answers_in_all,
        row_number() over (order by deals desc, question, reason, text) as position
    from texts
)

select question, reason, text, deals, texts_in_all, answers_in_all
from placed
where row_limit is null or position <= row_limit
order by position;
