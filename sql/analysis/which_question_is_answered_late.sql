-- Which question is answered late, or only after the deal is decided?
-- Deals won or lost. A question with a high share of after_close says nothing of how the deal was sold.
select
    answers.question,
    count(*) as answered_today,
    median(answers.first_answered_day) as median_first_day,
    count(*) filter (where answers.is_answered_before_close) as before_close,
    count(*) filter (where not answers.is_answered_before_close) as after_close,
    count(*) filter (where answers.is_answered_before_close is null) as timing_unknown,
    round(
        100.0 * count(*) filter (where not answers.is_answered_before_close) / nullif(count(answers.is_answered_before_close), 0), 1
    ) as after_close_pct
from marts.deal_answers as answers
join marts.deals as deals on deals.deal_key = answers.deal_key
where deals.outcome <> 'open' and answers.state_today = 'answered' and not answers.is_neutral
group by answers.question
order by after_close_pct desc, answers.question;
