-- Faults of the data of deals in scope, counted. One row per kind of fault, also where none is found:
--   problem: junk answer, imported answer, back-filled answer, timing unknown, no creation date, closed without a date, cycle below zero, unlisted stage,
--              no amount, other currency, no owner, close date passed, suspected duplicate,
--              created after the export, closed after the export, implausible date
--   unit: what is counted: answers or deals
--   found: how many have the fault; checked: how many could have it; share: found / checked, 0 to 1, null where none could
--   deals: deals concerned
-- junk answer: a question's text that is no answer, of all texts. imported answer: a text that came by an import, a bulk edit or automation
-- and that nobody has edited since, of all texts; it counts as not answered, though it may be true. back-filled answer: an answer of a closed deal that came on the day of
-- closing or later, of those whose timing is known. timing unknown: a question of which nobody can know whether it stood answered at the
-- end of the landmark day, of all questions of deals with a creation date. unlisted stage: taken as open, or by its forecast category,
-- since neither configuration nor mapping names it, or as open since the deal is in no stage. other currency: one without a rate. implausible
-- date: before 1990 or after 2099. close date passed: an open deal forecast to close before the export date. Neutral fields are not counted.
-- Not for one sum: a deal may have several faults, and only some of them keep it from the comparison; see metrics.left_out.
-- Source: marts.deals, marts.deal_answers; counts.
create or replace macro metrics.data_problems(
    landmark_day := null, answers_needed := null, scope := map([]::varchar[], []::varchar[][])
) as table
with deals as (
    select
        scoped.deal_key, scoped.source, scoped.created_date, scoped.outcome, scoped.closed_date, scoped.has_negative_cycle, scoped.stage, scoped.amount,
        scoped.own_amount, scoped.owner, scoped.close_date, scoped.account_name, scoped.last_seen_on,
        coalesce(landmark_day, settings.landmark_day) as day_l
    from metrics.scoped_deals(scope := scope) as scoped
    cross join raw.settings as settings
),

taken_as_open as (
    select told.deal_key
    from raw.deals as told
    left join raw.stages as stages on stages.source = told.source and stages.stage = told.stage
    where told.outcome_from = 'no stage'
        or (told.outcome_from in ('stage', 'forecast category') and stages.outcome_from in ('mapping''s default', 'forecast category'))
),

bad as (
    select fault from metrics.bad_dates(scope := scope)
),

answers_of_deals as (
    select
        count(*) filter (where answers.state_today = 'junk' and answers.junk_reason <> 'imported') as junk,
        count(*) filter (where answers.junk_reason = 'imported') as imported,
        count(*) filter (where answers.state_today <> 'blank') as filled,
        count(*) filter (
            where deals.outcome <> 'open' and answers.state_today = 'answered' and not answers.is_answered_before_close
        ) as back_filled,
        count(*) filter (
            where deals.outcome <> 'open' and answers.state_today = 'answered' and answers.is_answered_before_close is not null
        ) as timed,
        count(*) filter (where deals.created_date is not null and answers.unknown_until_day > deals.day_l) as untimed,
        count(*) filter (where deals.created_date is not null) as asked
    from marts.deal_answers as answers
    join deals on deals.deal_key = answers.deal_key
    where not answers.is_neutral
    group by answers.deal_key
),

counted as (
    select unnest([
        {
            'position': 1, 'problem': 'junk answer', 'unit': 'answers', 'found': coalesce(sum(junk), 0),
            'checked': coalesce(sum(filled), 0), 'deals': count(*) filter (where junk > 0)
        },
        {
            'position': 2, 'problem': 'imported answer', 'unit': 'answers', 'found': coalesce(sum(imported), 0),
            'checked': coalesce(sum(filled), 0), 'deals': count(*) filter (where imported > 0)
        },
        {
            'position': 3, 'problem': 'back-filled answer', 'unit': 'answers', 'found': coalesce(sum(back_filled), 0),
            'checked': coalesce(sum(timed), 0), 'deals': count(*) filter (where back_filled > 0)
        },
        {
            'position': 4, 'problem': 'timing unknown', 'unit': 'answers', 'found': coalesce(sum(untimed), 0),
            'checked': coalesce(sum(asked), 0), 'deals': count(*) filter (where untimed > 0)
        }
    ], recursive := true)
    from answers_of_deals
    union all by name
    select *, 'deals' as unit, found as deals
    from (
        select unnest([
            {
                'position': 5, 'problem': 'no creation date',
                'found': count(*) filter (where created_date is null), 'checked': count(*)
            },
            {
                'position': 6, 'problem': 'closed without a date',
                'found': count(*) filter (where outcome <> 'open' and closed_date is null),
                'checked': count(*) filter (where outcome <> 'open')
            },
            {
                'position': 7, 'problem': 'cycle below zero',
                'found': count(*) filter (where has_negative_cycle),
                'checked': count(*) filter (where closed_date is not null and created_date is not null)
            },
            {
                'position': 8, 'problem': 'unlisted stage',
                'found': count(*) filter (where deal_key in (select deal_key from taken_as_open)), 'checked': count(*)
            },
            {
                'position': 9, 'problem': 'no amount',
                'found': count(*) filter (where amount is null), 'checked': count(*)
            },
            {
                'position': 10, 'problem': 'other currency',
                'found': count(*) filter (where amount is not null and own_amount is null), 'checked': count(amount)
            },
            {
                'position': 11, 'problem': 'no owner',
                'found': count(*) filter (where owner is null), 'checked': count(*)
            },
            {
                'position': 12, 'problem': 'close date passed',
                'found': count(*) filter (where outcome = 'open' and close_date < last_seen_on),
                'checked': count(*) filter (where outcome = 'open' and close_date is not null)
            },
            {
                'position': 13, 'problem': 'suspected duplicate',
                'found': (
                    select coalesce(any_value(deals_in_all), 0) from metrics.suspected_duplicates(scope := scope, row_limit := 1)
                ),
                'checked': count(*) filter (where trim(account_name) <> '' and amount <> 0 and created_date is not null)
            },
            {
                'position': 14, 'problem': 'created after the export',
                'found': (select count(*) from bad where fault = 'created after the export'), 'checked': count(created_date)
            },
            {
                'position': 15, 'problem': 'closed after the export',
                'found': (select count(*) from bad where fault = 'closed after the export'), 'checked': count(closed_date)
            },
            {
                'position': 16, 'problem': 'implausible date',
                'found': (select count(*) from bad where fault = 'implausible date'),
                'checked': count(coalesce(created_date, closed_date, close_date))
            }
        ], recursive := true)
        from deals
    )
)

select
    problem,
    unit,
    found::bigint as found,
    checked::bigint as checked,
    case when checked > 0 then (found / checked)::double end as share,
    deals::bigint as deals
from counted
order by position;
